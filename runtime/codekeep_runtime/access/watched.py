"""A file or a document that is read again once it changes: how a revocation is heard within seconds."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.documents import Documents
from codekeep_runtime.access.files import mark_of
from codekeep_runtime.telemetry import emit

Value = TypeVar("Value")
LOOK_EVERY_SECONDS = 0.5  # a revoked reader is out within this and one check of a running stream


class Watched(Generic[Value]):
    """Several threads may ask. What cannot be read or parsed any more denies; the last good value is not kept.

    Args:
        mark: another one after each change, None while there is nothing.
        parse: makes the value of what is there now; what it raises is not told, only its class.
        missing: the value while there is nothing; None denies.
    """

    def __init__(
        self, mark: Callable[[], str | None], parse: Callable[[], Value], missing: Value | None = None
    ) -> None:
        self._mark_now, self._parse, self._missing = mark, parse, missing
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._mark: str | None = None
        self._value: Value | None = None

    def current(self) -> Value:
        """
        Raises:
            AccessFault: it cannot be read now.
        """
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
                self._look()
                self._looked_at = time.monotonic()
            if self._value is None:
                raise AccessFault("permissions cannot be read now; try again later")
            return self._value

    def forget(self) -> None:
        """The next `current` looks, whenever that was done last."""
        with self._lock:
            self._looked_at = float("-inf")

    def _look(self) -> None:
        try:
            mark = self._mark_now()
            if mark is None:
                self._mark, self._value = None, self._missing
            elif mark != self._mark:
                self._value, self._mark = self._parse(), mark
        except Exception as error:  # whatever is wrong with it, nobody is let in by it
            self._mark, self._value = None, None
            emit("permissions-unreadable", component="access", level="error", error_kind=type(error).__name__)


def watched_file(path: Path, parse: Callable[[Path], Value], missing: Value | None = None) -> Watched[Value]:
    """Of a file that is replaced as a whole (rename or a ConfigMap's link), never written in place."""
    return Watched(lambda: mark_of(path), lambda: parse(path), missing)


def watched_document(
    documents: Documents, name: str, parse: Callable[[str], Value], missing: Value | None = None
) -> Watched[Value]:
    def parsed() -> Value:
        found = documents.read(name)
        if found is None:
            raise AccessFault(f"{name} left while it was read")
        return parse(found.content)

    return Watched(lambda: documents.mark(name), parsed, missing)
