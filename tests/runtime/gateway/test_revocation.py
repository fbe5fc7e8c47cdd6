"""Streams of a real server end within seconds after their reader has lost access."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from codekeep_contracts.faults import AccessFault, UsageFault
from codekeep_runtime.access.identity import Identity
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.gateway.server import server
from codekeep_runtime.models.routes import Route
from codekeep_runtime.products.answer import AnswerEvent, Context, Delta
from codekeep_runtime.products.chat.question import ClientMessage

from tests.runtime.gateway.serving import served
from tests.runtime.gateway.world import REPOSITORIES, Tenant

WITHIN_SECONDS = 5.0
ASK = {"messages": [{"role": "user", "content": "go on"}], "stream": True}


@dataclass
class EndlessChat:
    """Streams without end: text every few milliseconds, or only heartbeats after the first words."""

    is_silent: bool = False
    is_closed: bool = False

    async def answer(
        self, scope: Scope, messages: Sequence[ClientMessage], route: Route
    ) -> AsyncGenerator[AnswerEvent, None]:
        try:
            yield Context(())
            while True:
                yield Delta("more ")
                await asyncio.sleep(3600 if self.is_silent else 0.005)
        finally:
            self.is_closed = True


class NoKeys:
    def key(self, kid: str) -> Any:
        raise AccessFault("sign-in is needed")


def lines_after(response: httpx.Response, act: Callable[[], None]) -> tuple[list[str], float]:
    """Runs `act` after the first piece of a stream; the lines that still come, and for how many seconds."""
    lines, acted = [], 0.0
    for line in response.iter_lines():
        if not acted and line:
            act()
            acted = time.monotonic()
        elif line:
            lines.append(line)
    return lines, time.monotonic() - acted


@pytest.mark.parametrize("is_silent", [False, True])
@pytest.mark.parametrize("how", ["team", "account"])
def test_a_revoked_readers_stream_ends(acme: Tenant, how: str, is_silent: bool) -> None:
    chat = EndlessChat(is_silent)
    changes: dict[str, Any] = {"chat": chat}
    token, act = "ann", lambda: acme.drop_team("pay")
    if how == "account":
        token = acme.accounts.create("ci", days=1, repositories=frozenset({REPOSITORIES["acme"][0]}))
        changes["identity"] = Identity("https://id.example", "keep", NoKeys(), acme.accounts)
        act = lambda: acme.accounts.revoke("ci")  # noqa: E731
    headers = {"authorization": f"Bearer {token}"}
    with (
        served(acme.app(**changes)) as url,
        httpx.Client(timeout=10, headers=headers) as client,
        client.stream("POST", f"{url}/v1/chat/completions", json=ASK) as response,
    ):
        assert response.status_code == 200
        lines, seconds = lines_after(response, act)
    assert seconds < WITHIN_SECONDS
    assert "not permitted" in lines[-1]
    assert chat.is_closed
    assert [each.verdict for each in acme.audited] == ["served", "revoked"]
    assert acme.audited[-1].completion_tokens > 0  # the sent text counts, although the model reported no usage


def test_a_disconnected_client_ends_the_engines_work(acme: Tenant) -> None:
    chat = EndlessChat()
    headers = {"authorization": "Bearer ann"}
    with served(acme.app(chat=chat)) as url:
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=ASK, headers=headers) as response:
            next(response.iter_lines())
        until = time.monotonic() + WITHIN_SECONDS
        while not (chat.is_closed and len(acme.audited) == 2) and time.monotonic() < until:
            time.sleep(0.01)
    assert chat.is_closed
    assert acme.audited[-1].verdict == "failed"


def test_a_client_that_disconnects_without_streaming_ends_the_engines_work(acme: Tenant) -> None:
    chat = EndlessChat(is_silent=True)
    ask = {**ASK, "stream": False}
    with served(acme.app(chat=chat, heartbeat_seconds=0.02)) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/v1/chat/completions", json=ask, headers={"authorization": "Bearer ann"}, timeout=0.5)
        until = time.monotonic() + WITHIN_SECONDS
        while not (chat.is_closed and len(acme.audited) == 2) and time.monotonic() < until:
            time.sleep(0.01)
    assert chat.is_closed
    assert acme.audited[-1].verdict == "failed"


def test_a_silent_stream_has_a_heartbeat(acme: Tenant) -> None:
    app = acme.app(chat=EndlessChat(is_silent=True), heartbeat_seconds=0.02)
    headers = {"authorization": "Bearer ann"}
    with (
        served(app) as url,
        httpx.stream("POST", f"{url}/v1/chat/completions", json=ASK, headers=headers) as response,
    ):
        assert next(line for line in response.iter_lines() if line.startswith(":")) == ": still here"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "localhost.evil.example"])  # noqa: S104 - refused
def test_plain_http_is_allowed_on_loopback_only(acme: Tenant, host: str) -> None:
    with pytest.raises(UsageFault, match="loopback"):
        server(acme.app(), host, 0)
