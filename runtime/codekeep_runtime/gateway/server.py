"""Runs the app in uvicorn: TLS from PEM files, or plain HTTP on loopback only. SIGTERM drains."""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from codekeep_contracts.faults import UsageFault
from starlette.applications import Starlette

DRAIN_SECONDS = 30
KEEP_ALIVE_SECONDS = 15
CONNECTIONS_MAX = 1000


@dataclass(frozen=True)
class Certificate:
    """PEM files: the chain, leaf first, and its key."""

    chain: Path
    key: Path


class Server(uvicorn.Server):
    """Reports that it is not ready from the first SIGTERM on, and gives open streams DRAIN_SECONDS to end.

    Args:
        port: 0 for any free one; `announce` is called with it once requests are answered.

    Raises:
        UsageFault: the certificate cannot be loaded.
    """

    def __init__(self, app: Starlette, host: str, port: int, certificate: Certificate | None) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # a client could claim any address by a header
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            lifespan="off",
        )
        config.load()
        if certificate is not None:
            config.ssl = _tls(certificate)
        super().__init__(config)
        self._app = app
        self.announce: Callable[[int], None] = lambda port: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Binds its sockets itself: uvicorn would log its own message beside our error.

        Raises:
            UsageFault: the address cannot be listened on.
        """
        await super().startup(sockets or _bound_sockets(self.config.host, self.config.port))
        self.announce(self.servers[0].sockets[0].getsockname()[1])

    def handle_exit(self, sig: int, frame: object) -> None:
        self._app.state.draining = True
        super().handle_exit(sig, frame)  # type: ignore[arg-type]


def server(app: Starlette, host: str, port: int, certificate: Certificate | None = None) -> Server:
    """
    Raises:
        UsageFault: plain HTTP on an address that others reach, or a certificate that cannot be loaded.
    """
    if certificate is None and not _is_loopback(host):
        raise UsageFault(f"host {host!r} is not loopback: plain HTTP is for 127.0.0.1 and ::1; give a certificate")
    return Server(app, host, port, certificate)


def pod_server(app: Starlette, port: int, certificate: Certificate | None = None) -> Server:
    """Listens on every address of a pod. Network policies say who reaches it; without TLS only pods of the keep may."""
    return Server(app, "0.0.0.0", port, certificate)  # noqa: S104 - a pod's own address is not known before it runs


def _bound_sockets(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host's name. Each sends even the smallest part of a stream at once."""
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            bound.append(socket.create_server(address[:2], family=family))
            # Accepted connections inherit it; asyncio sets it only on sockets that are made with a protocol's number.
            bound[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        for each in bound:
            each.close()
        where = f"{host}:{port}"
        raise UsageFault(f"{where} cannot be listened on; is another server there? Give another --port") from None
    return bound


def _tls(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate.chain, certificate.key)
    except (OSError, ssl.SSLError):
        raise UsageFault(f"certificate {str(certificate.chain)!r} and its key cannot be loaded as PEM") from None
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
