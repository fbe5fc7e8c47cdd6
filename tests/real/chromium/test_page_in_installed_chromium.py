"""Runs the web page's browser tests in the Chromium of tests/real/chromium, without skipping any."""

import os
import subprocess
import sys

import pytest

from tests.real.chromium.installation import NoChromiumError, installed


def test_the_page_works_in_a_real_chromium():
    try:
        chromium = installed()
    except (NoChromiumError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no Chromium: {error}")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/runtime/page"],
        env={**os.environ, "CODEKEEP_CHROMIUM": str(chromium)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "skipped" not in run.stdout
