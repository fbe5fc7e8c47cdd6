"""`make demo` passes: up, a second up, the runtime, a change, destroy, and an empty account."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.whole
def test_the_demo_passes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.demo"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    for words in ("up of demo succeeded", "scalingConfig.maxSize: 4 → 6", "destroy of demo succeeded"):
        assert words in done.stdout
    assert "tags only" not in done.stdout  # a change of the spec changes only the resources that depend on it
    assert "Demo passed: up, nothing to do, runtime, change, destroy." in done.stdout
