"""Starts and stops a test cluster."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from components.controllers.objects import definition_paths
from sandbox.kubernetes.access import Access
from sandbox.kubernetes.client import ApiFault, Client
from tests.real.kubernetes.controllers import Controllers
from tests.real.kubernetes.credentials import HOST, Credentials
from tests.real.kubernetes.installation import Programs

ROOT = Path(__file__).resolve().parents[3]
DEFINITION_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
START_SECONDS = 90.0
ATTEMPTS = 3  # another process may take a free port before the server does
LOG_TAIL_CHARACTERS = 3000
SERVICE_ADDRESSES = "172.20.0.0/16"  # the range that EKS uses


class ClusterError(Exception):
    """The servers do not start; the message contains the end of their logs."""


class Cluster:
    """A context manager: `with Cluster(programs) as cluster`. Its processes end when this one ends or is killed."""

    kubeconfig: Path
    client: Client

    def __init__(self, programs: Programs, *, definitions: bool = True) -> None:
        """`definitions`: it serves the kinds of the controllers; otherwise whoever uses them has to define them."""
        self._programs, self._definitions = programs, definitions
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._controllers: Controllers | None = None

    def __enter__(self) -> "Cluster":
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._start()
                break
            except ClusterError:
                self.close()
                if attempt == ATTEMPTS:
                    raise
        try:
            self._install_definitions()
        except BaseException:
            self.close()
            raise
        self._controllers = Controllers(self.client)
        self._controllers.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops the servers and removes their files."""
        controllers, supervisor = self._controllers, self._supervisor
        self._controllers = self._supervisor = None
        try:
            if controllers is not None:
                controllers.stop()
        finally:
            if supervisor is not None and supervisor.stdin is not None:
                supervisor.stdin.close()
                supervisor.wait()

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="codekeep-kubernetes-"))
        credentials = Credentials(folder)
        ports = _ports(3)
        api, store, peer = f"https://{HOST}:{ports[0]}", f"http://{HOST}:{ports[1]}", f"http://{HOST}:{ports[2]}"
        servers = [
            {"name": "etcd", "command": _etcd(self._programs, folder, store, peer)},
            {"name": "kube-apiserver", "command": _apiserver(self._programs, credentials, api, store)},
        ]
        (folder / "servers.json").write_text(json.dumps(servers))
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.real.supervisor", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            start_new_session=True,  # keeps Ctrl-C from the servers: the supervisor stops them
        )
        self.kubeconfig = credentials.write_kubeconfig(api)
        self.client = Client(Access.from_file(self.kubeconfig))
        self._wait(folder)

    def _wait(self, folder: Path) -> None:
        """Waits until the API server is ready."""
        assert self._supervisor is not None
        deadline = time.monotonic() + START_SECONDS
        logs: dict[str, str] = {}
        while time.monotonic() < deadline and self._supervisor.poll() is None:
            logs = {path.name: path.read_text(errors="replace") for path in _logs(folder)} or logs
            if _is_ready(self.client):
                return
            time.sleep(0.1)
        tails = "\n".join(f"{name}:\n{text[-LOG_TAIL_CHARACTERS:]}" for name, text in logs.items())
        raise ClusterError(f"the test cluster did not start within {START_SECONDS:.0f} s\n{tails}")

    def _install_definitions(self) -> None:
        """Creates the CustomResourceDefinitions and waits until the server serves them."""
        names = []
        for path in definition_paths() if self._definitions else ():
            definition = json.loads(path.read_text())
            self.client.request("POST", DEFINITION_PATH, definition)
            names.append(definition["metadata"]["name"])
        deadline = time.monotonic() + START_SECONDS
        while not all(_is_established(self.client, name) for name in names):
            if time.monotonic() > deadline:
                raise ClusterError(f"these definitions are not served: {', '.join(names)}")
            time.sleep(0.1)


def _etcd(programs: Programs, folder: Path, store: str, peer: str) -> list[str]:
    return [
        str(programs.etcd),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={store}",
        f"--advertise-client-urls={store}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # the data is thrown away
        "--log-level=warn",
    ]


def _apiserver(programs: Programs, credentials: Credentials, api: str, store: str) -> list[str]:
    """Configured like that of EKS as far as objects are concerned: RBAC, and the default admission plugins."""
    return [
        str(programs.apiserver),
        f"--etcd-servers={store}",
        f"--bind-address={HOST}",
        f"--secure-port={api.rpartition(':')[2]}",
        "--advertise-address=192.0.2.1",  # unused; without one the server needs a network interface
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={credentials.certificate}",
        f"--tls-private-key-file={credentials.key}",
        f"--token-auth-file={credentials.tokens}",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction,PodSecurity,ValidatingAdmissionPolicy",
        "--disable-admission-plugins=StorageObjectInUseProtection",  # no controller would remove its finalizer
        "--allow-privileged=true",  # admission policies decide
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={credentials.accounts_public}",
        f"--service-account-signing-key-file={credentials.accounts_private}",
        f"--service-cluster-ip-range={SERVICE_ADDRESSES}",
        "--profiling=false",
    ]


def _ports(count: int) -> list[int]:
    probes = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))


def _is_ready(client: Client) -> bool:
    try:
        return client.request("GET", "/readyz").get("message") == "ok"
    except ApiFault:
        return False


def _is_established(client: Client, name: str) -> bool:
    status = client.request("GET", f"{DEFINITION_PATH}/{name}").get("status") or {}
    return any(found["type"] == "Established" and found["status"] == "True" for found in status.get("conditions") or ())
