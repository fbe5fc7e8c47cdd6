"""Wall-clock time of `codekeep` commands on the demo keep, and the ratio to the simplest use of the same tools.

The peer is `python -c "import pulumi_aws"`: what any Pulumi program takes before its first line.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 3
PEER = (sys.executable, "-c", "import pulumi_aws")


def main() -> None:
    """Prints a line per command: median seconds of its runs and the ratio to the peer's median."""
    with tempfile.TemporaryDirectory() as home:
        peer = _median([_seconds(PEER, home) for _ in range(RUNS)])
        _line("import pulumi_aws (peer)", peer, peer)
        _line("codekeep --help", _median([_seconds(_codekeep("--help"), home) for _ in range(RUNS)]), peer)
        _line("codekeep graph demo", _median([_seconds(_codekeep("graph", "demo"), home) for _ in range(RUNS)]), peer)
        try:
            _deployments(home, peer)
        finally:
            _seconds(_codekeep("sandbox", "stop"), home)


def _deployments(home: str, peer: float) -> None:
    sandbox = ("demo", "--engine", "sandbox")
    ups, previews, repeats = [], [], []
    for _ in range(RUNS):
        previews.append(_seconds(_codekeep("preview", *sandbox), home))
        ups.append(_seconds(_codekeep("up", *sandbox, "--yes"), home))
        repeats.append(_seconds(_codekeep("up", *sandbox, "--yes"), home))
        _seconds(_codekeep("destroy", *sandbox, "--yes"), home)
    _line("codekeep preview demo (nothing there yet)", _median(previews), peer)
    _line("codekeep up demo (everything new)", _median(ups), peer)
    _line("codekeep up demo (nothing to do)", _median(repeats), peer)


def _codekeep(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-m", "stacks.cli.main", *arguments)


def _seconds(command: Sequence[str], home: str) -> float:
    environment = {**os.environ, "CODEKEEP_HOME": home}
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def _line(name: str, seconds: float, peer: float) -> None:
    print(f"{name:<45} {seconds:6.2f} s   {seconds / peer:5.1f} x peer", flush=True)


if __name__ == "__main__":
    main()
