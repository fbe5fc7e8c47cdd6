"""Health check inside a container that has no shell: `probe.py process` or `probe.py URL`."""

import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

TIMEOUT_SECONDS = 4
RUNNING = {"R", "S", "D"}


def process_runs(status: Path) -> bool:
    """Whether the process of a /proc/<pid>/status file is neither stopped nor dead."""
    for line in status.read_text().splitlines():
        if line.startswith("State:"):
            return line.split()[1] in RUNNING
    return False


def answers(url: str) -> bool:
    """Whether `url` answers with status 200 in time."""
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - the image's own health check names it
            return bool(response.status == 200)
    except (URLError, TimeoutError, ConnectionError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return False


def main(target: str) -> int:
    """Exit code for HEALTHCHECK: 0 healthy, 1 not."""
    healthy = process_runs(Path("/proc/1/status")) if target == "process" else answers(target)
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
