"""Runs the servers, and ends them with whoever started it: python -m tests.real.guardian FOLDER.

FOLDER/servers.json names them: [{"name", "command"}]. Standard input is a pipe from the one who started it, who never
writes: its end, by whatever death, ends the servers, and FOLDER is removed.
"""

import json
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

LOOK_SECONDS = 0.2
END_SECONDS = 5.0


def main(folder: Path) -> int:
    """Exit code 0 when the starter went, 1 when a server went first."""
    servers = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        servers = [_start(folder, **server) for server in json.loads((folder / "servers.json").read_text())]
        while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
            if any(server.poll() is not None for server in servers):
                return 1
        return 0
    finally:
        _end(servers)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _end(servers: "list[subprocess.Popen[bytes]]") -> None:
    """The last before the first; who does not go when asked is made to."""
    for server in reversed(servers):
        server.terminate()
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
