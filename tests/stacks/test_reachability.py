"""The check of the way to a cluster's API: against real sockets that answer, refuse, are silent or are impostors."""

import asyncio
import base64
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pytest
from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stacks import reachability
from stacks.reachability import fault_of, reach_api, require_way_in, source_address
from stacks.spec import Spec, parse, parse_platform, warnings_of
from tests.stacks.documents import DELETE, changed, document


@dataclass(frozen=True)
class Api:
    """A server on this machine, and the certificate authority in the form that EKS gives."""

    endpoint: str
    ca: str
    port: int


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Speaks TLS with a certificate of its own for localhost."""
    certificate, key = _certificate()
    (tmp_path / "cert.pem").write_bytes(certificate)
    (tmp_path / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(listener, context), daemon=True).start()
    port = listener.getsockname()[1]
    yield Api(endpoint=f"https://localhost:{port}", ca=base64.b64encode(certificate).decode(), port=port)
    listener.close()


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(autouse=True)
def on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SANDBOX_ENDPOINT, raising=False)
    monkeypatch.setattr(reachability, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(reachability, "PAUSE_SECONDS", 0.1)


def spec(stack: str = "demo", **changes: Any) -> Spec:
    found = document(stack)
    for path, value in changes.items():
        found = changed(found, path.replace("__", "."), value)
    return parse_platform(found) if stack.startswith("platform") else parse(found)


def reach(tried: Spec, endpoint: str, ca: str) -> None:
    check = reach_api(tried)
    assert check is not None

    async def run() -> None:
        await check(endpoint, ca)

    asyncio.run(run())


def test_an_api_that_answers_with_its_own_certificate_is_reached(api: Api) -> None:
    assert fault_of(api.endpoint, api.ca) == ""
    reach(spec(), api.endpoint, api.ca)


def test_a_closed_port_says_which_range_port_and_key_to_open(api: Api, closed_port: int) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        reach(spec(), f"https://localhost:{closed_port}", api.ca)
    message = str(refused.value)
    assert f"no connection from 127.0.0.1 to 127.0.0.1, port {closed_port}" in message
    for part in ("10.200.16.0/24", "deployer.api_access.cidrs", "port 443", "tgw-0d1c2b3a495867768", "10.64.0.0/16"):
        assert part in message
    assert "run `up` again" in message


def test_a_silent_server_is_not_waited_for_without_end(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        fault = fault_of(f"https://localhost:{silent.getsockname()[1]}", api.ca, timeout_seconds=0.2)
    assert "no connection" in fault
    assert "timed out" in fault


def test_an_impostor_on_the_way_is_told_from_the_cluster(api: Api) -> None:
    other, _ = _certificate()
    fault = fault_of(api.endpoint, base64.b64encode(other).decode())
    assert "does not answer with the cluster's certificate" in fault
    assert "CERTIFICATE_VERIFY_FAILED" in fault


@pytest.mark.parametrize(
    ("endpoint", "part"),
    [("https://nowhere.invalid", "does not resolve"), ("", "does not"), (f"https://{'x' * 80}.invalid", "not resolve")],
)
def test_a_name_without_an_address_is_a_fault(endpoint: str, part: str) -> None:
    assert part in fault_of(endpoint, "")


@pytest.mark.parametrize("ca", ["", "%%%", base64.b64encode(b"no certificate").decode(), "w4"])
def test_an_unreadable_authority_is_a_fault(api: Api, ca: str) -> None:
    assert fault_of(api.endpoint, ca) != ""


def test_a_way_that_opens_while_up_waits_is_taken(api: Api, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def later(endpoint: str, ca: str) -> str:
        tried.append(endpoint)
        return "not yet" if len(tried) < 3 else fault_of(api.endpoint, ca)

    monkeypatch.setattr(reachability, "fault_of", later)
    monkeypatch.setattr(reachability, "WAIT_SECONDS", 30)
    reach(spec(), f"https://localhost:{closed_port}", api.ca)
    assert len(tried) == 3


def test_a_pooled_keep_names_its_platforms_spec(api: Api, closed_port: int) -> None:
    with pytest.raises(pulumi.RunError, match=r"deployer\.api_access\.cidrs of Pulumi\.platform-eu-central-1\.yaml"):
        reach(spec("pico"), f"https://localhost:{closed_port}", api.ca)
    require_way_in(spec("pico"))


@pytest.mark.parametrize("stack", ["demo", "platform-eu-central-1"])
def test_no_cluster_is_begun_without_a_way_in(stack: str) -> None:
    with pytest.raises(pulumi.RunError, match=r"deployer\.api_access: got nothing"):
        require_way_in(spec(stack, deployer=DELETE))


def test_a_spec_without_a_way_in_is_warned_of() -> None:
    (warning,) = [each for each in warnings_of(spec(deployer=DELETE)) if each.path == "deployer.api_access"]
    assert "nobody but the nodes" in warning.got
    for stack in ("demo", "acme", "pico", "platform-eu-central-1"):
        assert not [each for each in warnings_of(spec(stack)) if "deployer" in each.path]


def test_no_cluster_is_begun_from_an_address_outside_the_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "source_address", lambda target: "192.168.7.9")
    with pytest.raises(pulumi.RunError, match=r"got 10\.200\.16\.0/24, and this machine's address there is 192\.168"):
        require_way_in(spec())
    require_way_in(spec(deployer__api_access__translated=True))
    require_way_in(spec(deployer__api_access__cidrs=["192.168.0.0/16"]))
    adopted = {"vpc_id": "vpc-0123abcd", "subnet_ids": [f"subnet-{each}123abcd" for each in range(3)]}
    network = {"adopt": adopted, "zones": document("demo")["network"]["zones"]}
    require_way_in(spec(network=network, deployer={"api_access": {"cidrs": ["192.168.7.0/24"]}}))


def test_one_runner_in_an_adopted_network_may_be_named_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(reachability, "source_address", lambda target: asked.append(target) or "10.9.0.7")
    adopted = {"vpc_id": "vpc-0123abcd", "subnet_ids": [f"subnet-{each}123abcd" for each in range(3)]}
    network = {"adopt": adopted, "zones": document("demo")["network"]["zones"]}
    require_way_in(spec(network=network, deployer={"api_access": {"cidrs": ["10.9.0.7/32"]}}))
    require_way_in(spec(deployer__api_access__cidrs=["10.9.0.0/24"]))
    assert asked == ["10.9.0.7", "10.64.0.1"]


def test_a_machine_without_a_route_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "source_address", lambda target: "")
    require_way_in(spec())


def test_the_sandbox_has_no_endpoint_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SANDBOX_ENDPOINT, "http://127.0.0.1:1")
    assert reach_api(spec()) is None
    require_way_in(spec(deployer=DELETE))


def test_the_source_address_is_the_one_towards_the_target() -> None:
    assert source_address("127.0.0.1") == "127.0.0.1"
