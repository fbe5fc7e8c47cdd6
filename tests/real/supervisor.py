"""Runs servers for as long as its parent process lives: python -m tests.real.supervisor FOLDER.

FOLDER/servers.json lists the servers: [{"name", "command"}]. Standard input is a pipe on which the parent never writes.
When the pipe closes, because the parent ended or was killed, the servers are stopped and FOLDER is removed.
"""

import json
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

POLL_SECONDS = 0.2
STOP_SECONDS = 5.0


def main(folder: Path) -> int:
    """Runs until the parent ends (exit code 0) or a server ends by itself (exit code 1)."""
    servers = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        servers = [_start(folder, **server) for server in json.loads((folder / "servers.json").read_text())]
        while not select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
            if any(server.poll() is not None for server in servers):
                return 1
        return 0
    finally:
        _stop(servers)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _stop(servers: "list[subprocess.Popen[bytes]]") -> None:
    """Stops the servers in reverse order; kills those that do not end on SIGTERM."""
    for server in reversed(servers):
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
