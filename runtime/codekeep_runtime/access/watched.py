"""A file or document that is read again when it changes, so that a revocation takes effect within seconds."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from codekeep_contracts.faults import AccessFault
from codekeep_contracts.model import StrictModel

from codekeep_runtime.access.documents import Documents, update
from codekeep_runtime.access.files import file_fingerprint
from codekeep_runtime.telemetry import emit

Value = TypeVar("Value")
Model = TypeVar("Model", bound=StrictModel)
POLL_SECONDS = 0.5  # a revoked reader loses access within this plus one recheck of a running stream


class WatchedValue(Generic[Value]):
    """A value that is read again when its source changes. Thread-safe. Content that cannot be read or parsed denies
    access: the last good value is not kept.

    Args:
        fingerprint: changes with the content; None if there is none.
        parse: makes the value of the current content. Only the class of its error is logged.
        missing: the value if there is no content; None denies.
    """

    def __init__(
        self, fingerprint: Callable[[], str | None], parse: Callable[[], Value], missing: Value | None = None
    ) -> None:
        self._fingerprint, self._parse, self._missing = fingerprint, parse, missing
        self._lock = threading.Lock()
        self._polled_at = float("-inf")
        self._seen: str | None = None
        self._value: Value | None = None

    def current(self) -> Value:
        """
        Raises:
            AccessFault: it cannot be read now.
        """
        with self._lock:
            if time.monotonic() - self._polled_at >= POLL_SECONDS:
                self._poll()
                self._polled_at = time.monotonic()
            if self._value is None:
                raise AccessFault("permissions cannot be read now; try again later")
            return self._value

    def invalidate(self) -> None:
        """Makes the next `current` poll, however recent the last poll was."""
        with self._lock:
            self._polled_at = float("-inf")

    def _poll(self) -> None:
        try:
            found = self._fingerprint()
            if found is None:
                self._seen, self._value = None, self._missing
            elif found != self._seen:
                self._value, self._seen = self._parse(), found
        except Exception as error:  # whatever is wrong, it grants nobody access
            self._seen, self._value = None, None
            emit("permissions-unreadable", component="access", level="error", error_kind=type(error).__name__)


def watched_file(path: Path, parse: Callable[[Path], Value], missing: Value | None = None) -> WatchedValue[Value]:
    """The file must be replaced (by a rename, or a ConfigMap's link), never written in place."""
    return WatchedValue(lambda: file_fingerprint(path), lambda: parse(path), missing)


def watched_document(
    documents: Documents, name: str, parse: Callable[[str], Value], missing: Value | None = None
) -> WatchedValue[Value]:
    def parsed() -> Value:
        found = documents.read(name)
        if found is None:
            raise AccessFault(f"{name} was removed while it was read")
        return parse(found.content)

    return WatchedValue(lambda: documents.fingerprint(name), parsed, missing)


class SharedModel(Generic[Model]):
    """A document of one model that processes share: read from a watch, changed optimistically.

    Args:
        empty: stands for a document that does not exist.
    """

    def __init__(self, documents: Documents, name: str, empty: Model) -> None:
        self._documents, self._name, self._empty = documents, name, empty
        self._watched = watched_document(documents, name, self._parsed, missing=empty)

    def current(self) -> Model:
        """
        Raises:
            AccessFault: it cannot be read now.
        """
        return self._watched.current()

    def exists(self) -> bool:
        return self._documents.fingerprint(self._name) is not None

    def replace(self, value: Model) -> None:
        """Overwrites any content, also one that cannot be read."""
        update(self._documents, self._name, lambda _: value.model_dump_json())
        self._watched.invalidate()

    def change(self, change: Callable[[Model], Model], *, if_exists: bool = False) -> None:
        """
        Args:
            if_exists: a missing document is left missing.
        """

        def changed(content: str | None) -> str | None:
            if content is None and if_exists:
                return None
            return change(self._empty if content is None else self._parsed(content)).model_dump_json()

        update(self._documents, self._name, changed)
        self._watched.invalidate()

    def _parsed(self, content: str) -> Model:
        return self._empty.model_validate_json(content)
