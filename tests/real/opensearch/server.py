"""Starts and stops one OpenSearch node on loopback."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.real.opensearch.installation import KNN, SECURITY, Programs

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
HEAP = "1g"
START_SECONDS = 90.0
ATTEMPTS = 3  # another process may take a free port before the server does
LOG_TAIL_CHARACTERS = 3000
MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"
PLUGIN_TYPES = {
    KNN: "org.opensearch.knn.plugin.KNNPlugin",
    SECURITY: "org.opensearch.security.OpenSearchSecurityPlugin",
}

# As strict as a domain can be: every request names its index in the path, and a mistyped name creates no index.
SETTINGS = """\
cluster.name: codekeep-tests
network.host: {host}
transport.port: 0
discovery.type: single-node
node.portsfile: true
path.repo: {snapshots}
action.auto_create_index: false
rest.action.multi.allow_explicit_index: {named}
cluster.routing.allocation.disk.threshold_enabled: false
"""


class ServerError(Exception):
    """The server does not start; the message contains the end of its log."""


class Server:
    """A context manager: `with Server(programs) as server`. Its process ends when this one ends or is killed."""

    url: str
    snapshots: Path  # file system repositories must be inside
    plugins: tuple[str, ...] = (KNN,)
    names_indexes_in_bodies = False

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._start()
                break
            except ServerError:
                self.close()
                if attempt == ATTEMPTS:
                    raise
            except BaseException:
                self.close()
                raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops the server and removes its files."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None and supervisor.stdin is not None:
            supervisor.stdin.close()
            supervisor.wait()

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="codekeep-opensearch-"))
        self.snapshots = folder / "snapshots"
        config = folder / "node_1" / "config"  # the runner expects the first node's here
        config.mkdir(parents=True)
        (config / "opensearch.yml").write_text(self._settings())
        self._configure(config)
        command = {"name": "opensearch", "command": _command(self._programs, folder, self.plugins)}
        (folder / "servers.json").write_text(json.dumps([command]))
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.real.supervisor", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            start_new_session=True,  # keeps Ctrl-C from the server: the supervisor stops it
        )
        self.url = f"http://{self._address(folder)}"

    def _settings(self) -> str:
        snapshots, named = json.dumps(str(self.snapshots)), json.dumps(self.names_indexes_in_bodies)
        return SETTINGS.format(host=HOST, snapshots=snapshots, named=named)

    def _configure(self, config: Path) -> None:
        """Adds to the configuration what the plugins need."""

    def _address(self, folder: Path) -> str:
        """The node's address, read from the file that it writes once it listens."""
        assert self._supervisor is not None
        written, log = folder / "node_1" / "logs" / "http.ports", folder / "opensearch.log"
        deadline = time.monotonic() + START_SECONDS
        output = ""
        while time.monotonic() < deadline and self._supervisor.poll() is None:
            output = log.read_text(errors="replace") if log.exists() else ""
            if written.exists() and (lines := written.read_text().split()):
                return lines[0]
            time.sleep(0.1)
        raise ServerError(f"OpenSearch did not start within {START_SECONDS:.0f} s\n{output[-LOG_TAIL_CHARACTERS:]}")


def _command(programs: Programs, folder: Path, plugins: Sequence[str]) -> list[str]:
    """Command that starts the node; it listens on the first free port from 9201 on."""
    return [
        programs.java,
        f"-Xms{HEAP}",
        f"-Xmx{HEAP}",
        f"-Djava.io.tmpdir={folder}",
        "-cp",
        programs.class_path(*plugins),
        MAIN,
        "-basePath",
        str(folder),
        "-numOfNode",
        "1",
        "-clusterName",
        "codekeep-tests",
        "-useLogger",
        "-pluginTypes",
        ",".join(PLUGIN_TYPES[each] for each in plugins),
    ]
