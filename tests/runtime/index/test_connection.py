"""Connections to a domain: verified certificates, signed requests, plain HTTP on loopback only."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from codekeep_contracts.faults import SettingsFault
from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch import Store, connect
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

REGION = "eu-central-1"


@dataclass
class Domain:
    """A server that answers every request over TLS with a self-signed certificate."""

    url: str
    certificate: Path
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def domain(tmp_path: Path) -> Iterator[Domain]:
    certificate = self_signed(tmp_path / "certificate.pem")
    domain = Domain("", certificate)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            domain.headers.append(dict(self.headers.items()))
            body = b'{"count": 7}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    domain.url = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield domain
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def test_requests_are_signed_for_the_domains_service_and_region(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(domain.certificate))
    assert Store(connect(domain.url, REGION)).count("acme_code", []) == 7
    signed = domain.headers[0]["Authorization"]
    assert signed.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert f"/{REGION}/es/aws4_request" in signed


def test_an_untrusted_certificate_is_refused(domain: Domain) -> None:
    with pytest.raises(IndexFault, match=r"cannot be used|answered"):
        Store(connect(domain.url, REGION)).count("acme_code", [])
    assert domain.headers == []


@pytest.mark.parametrize("endpoint", ["http://search.example.com", "http://10.0.0.1:9200", "ftp://127.0.0.1", "search"])
def test_anything_but_https_is_refused_outside_this_machine(endpoint: str) -> None:
    with pytest.raises(SettingsFault, match="https"):
        connect(endpoint, REGION)


def test_missing_credentials_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.Session.get_credentials", lambda _: None)
    with pytest.raises(SettingsFault, match="no AWS credentials"):
        connect("https://search.example.com", REGION)


def self_signed(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
