"""The gateway forwards webhooks to the receiver and returns its answers."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from codekeep_runtime.gateway.server import server
from codekeep_runtime.webhook.app import MAX_BYTES
from codekeep_runtime.webhook.forward import forwarding_route
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

Seen = list[tuple[str, dict[str, str], bytes]]


@pytest.fixture
def seen() -> Seen:
    return []


@pytest.fixture
def receiver(seen: Seen) -> Iterator[str]:
    """Its address."""

    async def receive(request: Request) -> Response:
        seen.append((request.url.path, dict(request.headers), await request.body()))
        return Response("never shown", status_code=202)

    running = server(Starlette(routes=[Route("/webhooks/{link}", receive, methods=["POST"])]), "127.0.0.1", 0)
    port: list[int] = []
    running.announce = port.append
    thread = threading.Thread(target=running.run)
    thread.start()
    while not port and thread.is_alive():
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port[0]}"
    running.should_exit = True
    thread.join()


def gateway(address: str) -> TestClient:
    return TestClient(Starlette(routes=[forwarding_route(address)]))


def test_only_body_and_signature_headers_are_forwarded(receiver: str, seen: Seen) -> None:
    headers = {
        "x-hub-signature-256": "sha256=1",
        "x-github-event": "push",
        "authorization": "Bearer x",
        "cookie": "a=b",
    }
    answer = gateway(receiver).post("/webhooks/ghe", content=b'{"ref": 1}', headers=headers)
    assert (answer.status_code, answer.content) == (202, b"")
    [(path, passed, body)] = seen
    assert (path, body) == ("/webhooks/ghe", b'{"ref": 1}')
    assert (passed["x-hub-signature-256"], passed["x-github-event"]) == ("sha256=1", "push")
    assert not {"authorization", "cookie"} & passed.keys()


def test_only_webhook_paths_are_forwarded(receiver: str, seen: Seen) -> None:
    for path in ("/webhooks/ghe/../../healthz", "/webhooks/", "/webhooks/a%2F..%2F..%2Fhealthz"):
        assert gateway(receiver).post(path).status_code == 404
    assert seen == []


def test_a_too_large_body_is_not_forwarded(receiver: str, seen: Seen) -> None:
    assert gateway(receiver).post("/webhooks/ghe", content=b"x" * (MAX_BYTES + 1)).status_code == 413
    assert seen == []


def test_an_unavailable_receiver_gives_a_status_that_hosts_retry() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        answer = gateway(f"http://127.0.0.1:{taken.getsockname()[1]}").post("/webhooks/ghe", content=b"{}")
    assert answer.status_code == 503
