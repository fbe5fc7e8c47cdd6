"""moto as a WSGI application that journals each request, one at a time."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from moto.backends import get_backend
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY

from sandbox.account.determinism import Randomness
from sandbox.account.files import IDENTITY_PATH
from sandbox.account.guard.guard import judge
from sandbox.account.guard.signature import Message
from sandbox.account.journal import Entry, Environ, Journal

READING_VERBS = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Search", "Filter", "Simulate", "Validate")
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WAITING = "ReceiveMessage"  # may block for seconds, and is not replayed

StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class JournalledApplication:
    """Serves one request at a time: moto is neither thread-safe nor faster with threads."""

    def __init__(self, moto: Wsgi, journal: Journal, randomness: Randomness, identity: dict[str, Any]) -> None:
        self._moto = moto
        self._journal = journal
        self._randomness = randomness
        self._identity = identity
        self._lock = threading.Lock()
        self._number = 0

    def replay(self) -> tuple[int, int]:
        """Replays the journal. Returns the number of requests, and of those that failed inside moto."""
        count = failed = 0
        self._journal.mend()
        for entry in self._journal.entries():
            self._number = max(self._number, entry.number)
            self._randomness.start(entry.number, entry.time)
            status = _run(self._moto, entry.to_environ(PRESERVED_HEADER_NAMES_ENVIRON_KEY))
            count += 1
            failed += status.startswith("5")
        return count, failed

    def load(self, service: str) -> None:
        """Loads moto's backend of a service. Requests wait, since loading uses the random source."""
        with self._lock, self._randomness.apart():
            get_backend(service)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == IDENTITY_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self._identity).encode()]
        body = _take_body(environ)
        action = _action(environ, body)
        with self._lock, self._randomness.apart():
            refusal = judge(_message(environ, body))
        if refusal is not None:
            start_response(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", list(refusal.headers.items()))
            return [refusal.body]
        if action == WAITING:
            return self._moto(environ, start_response)
        with self._lock:
            return self._answer(environ, body, action, start_response)

    def _answer(self, environ: Environ, body: bytes, action: str, start_response: StartResponse) -> list[bytes]:
        self._number += 1
        entry = _entry(self._number, environ, body)
        reading = action.startswith(READING_VERBS) if action else environ["REQUEST_METHOD"] in READING_METHODS
        if not reading:
            self._journal.append(entry)
        self._randomness.start(entry.number, entry.time)
        answer = list(self._moto(environ, start_response))
        if reading and self._randomness.was_used:
            self._journal.append(entry)  # it created something (such as a default key) that later requests use
        return answer


def _entry(number: int, environ: Environ, body: bytes) -> Entry:
    return Entry(
        number=number,
        time=time.time(),
        environ={key: value for key, value in environ.items() if isinstance(value, str) and "." not in key},
        preserved=dict(environ.get(PRESERVED_HEADER_NAMES_ENVIRON_KEY, {})),
        body=body,
    )


def _message(environ: Environ, body: bytes) -> Message:
    sent = {key: value for key, value in environ.items() if key.startswith(("HTTP_", "CONTENT_"))}
    return Message(
        method=environ["REQUEST_METHOD"],
        path=str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]).partition("?")[0],
        query=str(environ.get("QUERY_STRING", "")),
        headers={key.removeprefix("HTTP_").lower().replace("_", "-"): str(value) for key, value in sent.items()},
        body=body,
    )


def _take_body(environ: Environ) -> bytes:
    """The complete body. moto can read it again."""
    if environ.get("wsgi.input_terminated"):
        body = bytes(environ["wsgi.input"].read())
    else:
        body = bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["wsgi.input_terminated"] = True
    return body


def _action(environ: Environ, body: bytes) -> str:
    """The AWS operation in the JSON and query protocols; empty in REST, where the method decides."""
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.rpartition(".")[2]
    if str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    return ""


def _run(application: Wsgi, environ: Environ) -> str:
    """The status line of a request that is made without a network."""
    seen = ["500 no answer"]

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        seen[0] = status
        return lambda data: None

    for _ in application(environ, start_response):
        pass
    return seen[0]
