"""What stands in front of a domain on AWS: it verifies the signature of each request (SigV4, by botocore's own code),
and tells the domain which IAM role sent it. It judges no IAM policy: the tests are about the domain's own security.
"""

import hashlib
import hmac
import re
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.real.opensearch.secured_server import ROLES_HEADER, USER_HEADER, certificate
from tests.real.opensearch.server import HOST

SERVICE = "es"
AUTHORIZATION = re.compile(
    r"^AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([a-z0-9-]+)/([a-z]+)/aws4_request,"
    r" SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$"
)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A session of a role, as a pod has it."""

    role_arn: str

    @property
    def access_key(self) -> str:
        return "ASIA" + hashlib.sha256(self.role_arn.encode()).hexdigest()[:16].upper()

    @property
    def secret_key(self) -> str:
        return hashlib.sha256(f"secret of {self.role_arn}".encode()).hexdigest()


class IamFront:
    """A context manager. `url` is HTTPS; clients trust `certificate`."""

    url: str

    def __init__(self, target: str, region: str, folder: Path, callers: Mapping[str, Caller]) -> None:
        certificate(folder, "front")
        self.certificate = folder / "front.pem"
        known = {each.access_key: each for each in callers.values()}
        self._server = ThreadingHTTPServer((HOST, 0), _handler(target, region, known))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "front.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> "IamFront":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def signer(request: BaseHTTPRequestHandler, body: bytes, region: str, known: Mapping[str, Caller]) -> Caller | None:
    """Who signed the request; None where the signature is not that of a known caller for this request."""
    found = AUTHORIZATION.match(request.headers.get("Authorization", ""))
    if found is None or found[1] not in known or (found[2], found[3]) != (region, SERVICE):
        return None
    caller, signed = known[found[1]], found[4].split(";")
    if not {"host", "x-amz-content-sha256", "x-amz-date"} <= set(signed):
        return None
    if request.headers["X-Amz-Content-SHA256"] != hashlib.sha256(body).hexdigest():
        return None
    auth = SigV4Auth(Credentials(caller.access_key, caller.secret_key), SERVICE, region)
    url = f"https://{request.headers['Host']}{request.path}"
    again = AWSRequest(request.command, url, {name: request.headers[name] for name in signed}, body)
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    text = auth.string_to_sign(again, auth.canonical_request(again))
    return caller if hmac.compare_digest(auth.signature(text, again), found[5]) else None


def _handler(target: str, region: str, known: Mapping[str, Caller]) -> type[BaseHTTPRequestHandler]:
    address = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            caller = signer(self, body, region, known)
            if caller is None:
                self._answer(
                    403, b'{"message":"The request signature we calculated does not match"}', "application/json"
                )
                return
            passed = ("Content-Type", "Content-Encoding", "Accept")
            headers = {name: self.headers[name] for name in passed if name in self.headers}
            identity = {USER_HEADER: caller.role_arn, ROLES_HEADER: caller.role_arn, "x-forwarded-for": "192.0.2.1"}
            connection = HTTPConnection(address)
            try:
                connection.request(self.command, self.path, body, {**headers, **identity})
                answer = connection.getresponse()
                content = answer.read()
                self._answer(answer.status, content, answer.headers.get("Content-Type", ""), answer.headers)
            except OSError as error:
                self._answer(503, f"the domain does not answer: {error}".encode(), "text/plain")
            finally:
                connection.close()

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - names of the base class

        def _answer(self, status: int, content: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            length = (headers or {}).get("Content-Length") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length or "0")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    return Handler
