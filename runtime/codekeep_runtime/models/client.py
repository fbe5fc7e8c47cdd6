"""HTTP and server-sent events to one model's engine: trtllm-serve, vLLM, and servers with the same API."""

import asyncio
import json
import math
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any

import aiohttp
from codekeep_contracts.log_fields import Component
from codekeep_contracts.roles import ModelRole

from codekeep_runtime.models.admission import Admission
from codekeep_runtime.models.faults import EngineFault

CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 4.0  # these servers close an idle connection after 5 s
END_SECONDS = 0.2  # a response that does not end this soon after its last event costs its connection
ANSWER_BYTES_MAX = 64 * 2**20  # 64 vectors of 4,096 numbers are about 6 MiB
EVENT_BYTES_MAX = 2**20
TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
DONE = b"[DONE]"


class EngineClient:
    """Serves one event loop at a time; its connections close when that loop ends.

    Args:
        url: of the server; its certificate is checked where it is https.
        role: of the model, as errors and metrics call it.
        component: the process that sends the requests, for metrics.
        in_flight_max: requests at once; see `Admission`.
    """

    def __init__(self, url: str, role: ModelRole, component: Component, in_flight_max: int) -> None:
        self._url, self._role = url.rstrip("/"), role
        self._admission = Admission(role, component, in_flight_max)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def post(self, path: str, body: Mapping[str, Any], seconds: float, token: str | None = None) -> Any:
        """The answer, read as JSON.

        Args:
            seconds: for the wait in the queue and the answer together.
            token: bearer token, None where the server wants none.

        Raises:
            EngineFault: a refusal, no answer in time, or one that is not JSON.
        """
        with self._faults():
            async with asyncio.timeout(seconds), self._response(path, body, token) as response:
                content = bytearray()
                async for part in response.content.iter_any():
                    content += part
                    if len(content) > ANSWER_BYTES_MAX:
                        raise ValueError(f"more than {ANSWER_BYTES_MAX} bytes")
                return json.loads(content)

    async def events(
        self, path: str, body: Mapping[str, Any], first_seconds: float, idle_seconds: float
    ) -> AsyncGenerator[Any, None]:
        """Each server-sent event, read as JSON, up to `[DONE]`; these servers write an event's data on one line.

        Closing the generator closes the connection, by which the engine knows that it may stop.

        Args:
            first_seconds: for the wait in the queue and the first event together.
            idle_seconds: between two events.

        Raises:
            EngineFault: a refusal, no event in time, one that is not JSON, or an end before `[DONE]`.
        """
        clock = asyncio.get_running_loop().time
        deadline, rest = clock() + first_seconds, b""
        with self._faults():
            async with AsyncExitStack() as stack:
                async with asyncio.timeout_at(deadline):
                    response = await stack.enter_async_context(self._response(path, body))
                while True:
                    async with asyncio.timeout_at(deadline):
                        part = await response.content.readany()
                    if not part:
                        break
                    *lines, rest = (rest + part).split(b"\n")
                    if len(rest) > EVENT_BYTES_MAX:
                        raise ValueError(f"an event of more than {EVENT_BYTES_MAX} bytes")
                    for line in lines:
                        if not line.startswith(b"data:"):
                            continue
                        if (data := line.removeprefix(b"data:").strip()) == DONE:
                            await _end(response)
                            return
                        yield json.loads(data)
                        deadline = clock() + idle_seconds
        raise EngineFault(f"the {self._role} model's answer broke off; try again")

    @asynccontextmanager
    async def _response(
        self, path: str, body: Mapping[str, Any], token: str | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yields the response, of status 200, once there is a slot for the request."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self._admission.slot():
            session = await self._session_here()
            async with session.post(self._url + path, json=body, headers=headers, allow_redirects=False) as response:
                if response.status != 200:
                    raise self._refusal(response)
                yield response

    async def _session_here(self) -> aiohttp.ClientSession:
        """The session of the running loop, which closes generators when it ends, and with this one the session."""
        if self._loop is not asyncio.get_running_loop():
            self._loop, self._keeper = asyncio.get_running_loop(), _open_session()
            self._session = await anext(self._keeper)
        return self._session

    def _refusal(self, response: aiohttp.ClientResponse) -> EngineFault:
        if response.status == 429:
            message = f"the {self._role} model is busy; try again in a minute"
        else:
            message = f"the {self._role} model's server refused with status {response.status}; ask who runs the keep"
        is_transient = response.status in TRANSIENT_STATUSES
        return EngineFault(message, is_transient=is_transient, retry_after=_retry_after(response))

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Exceptions of HTTP as faults that say nothing of what was sent or received."""
        model = f"the {self._role} model"
        try:
            yield
        except aiohttp.ClientConnectionError:  # a connection that is not made in time, too
            raise EngineFault(f"{model} cannot be reached; try again later") from None
        except TimeoutError:
            raise EngineFault(f"{model} took too long to answer; try again later") from None
        except aiohttp.ClientPayloadError:
            raise EngineFault(f"{model}'s answer broke off; try again") from None
        except (aiohttp.ClientError, ValueError, RecursionError):
            message = f"{model}'s server does not answer as OpenAI's does; check its address"
            raise EngineFault(message, is_transient=False) from None


async def _open_session() -> AsyncGenerator[aiohttp.ClientSession, None]:
    """No bound on connections, which Admission has; no cookies, proxies, redirects or compression."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"accept-encoding": "identity"},
        auto_decompress=False,
    ) as session:
        yield session


async def _end(response: aiohttp.ClientResponse) -> None:
    """Reads what follows the last event, as only then the connection serves another request."""
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(END_SECONDS):
            await response.content.read()


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Seconds that the server asks for; a date, which few send, counts as 0."""
    try:
        seconds = float(response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
