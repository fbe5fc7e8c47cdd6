"""Speed of `codekeep check` on the demo keep, and on 100 tenants in one call.

`python -m benchmarks.check [--tenants N] [--runs N]`; exits with 1 if one is above its limit.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.tenants import write_project

ROOT = Path(__file__).resolve().parents[1]
DEMO_SECONDS = 4.0
TENANTS_SECONDS = 60.0  # for 100 tenants on two cores
JUDGED = (0, 1)  # exit codes of a check that judged everything


def main(tenants: int = 100, runs: int = 3) -> int:
    """Prints both medians; returns 1 where one is above its limit."""
    with tempfile.TemporaryDirectory() as folder:
        names = write_project(Path(folder), tenants=tenants)
        demo = statistics.median(_seconds(ROOT, "demo") for _ in range(runs))
        many = statistics.median(_seconds(Path(folder), "--quiet", *names) for _ in range(runs))
    limit = TENANTS_SECONDS * tenants / 100
    cores = len(os.sched_getaffinity(0))
    print(f"codekeep check demo: {demo:.2f} s (median of {runs}; limit {DEMO_SECONDS:.0f} s)")
    print(f"codekeep check of {tenants} tenants: {many:.1f} s on {cores} cores (median of {runs}; limit {limit:.0f} s)")
    return int(demo > DEMO_SECONDS or many > limit)


def _seconds(folder: Path, *arguments: str) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "stacks.cli.main", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in JUDGED:
        raise RuntimeError(f"check {arguments[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    sys.exit(main(given.tenants, given.runs))
