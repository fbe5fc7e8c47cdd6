"""The rules of storing prompts, wherever they are stored: whether, whose, and until when."""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.settings.governance import PromptStorage

_READER = re.compile(r"[0-9a-f]{16}")


class Prompts(Protocol):
    """`is_on` only if somebody opted in: `enabled`, `redaction`, `approved_by` and `retention_days` are all set."""

    is_on: bool

    def store(self, reader_id: str, text: str, at: datetime) -> None:
        """Stores a redacted prompt; does nothing while the store is off.

        Raises:
            UsageFault: the reader's id is not 16 hex digits.
        """

    def count(self, reader_id: str) -> int: ...

    def forget(self, reader_id: str) -> None: ...


class OptIn:
    def __init__(self, settings: PromptStorage) -> None:
        self._days = settings.retention_days or 0
        self.is_on = settings.enabled and settings.redaction and bool(settings.approved_by) and self._days > 0

    def expiry(self, at: datetime) -> datetime:
        """When a prompt of that time expires, UTC."""
        return at.astimezone(UTC) + timedelta(days=self._days)


def checked_reader_id(reader_id: str) -> str:
    """The id, which names a folder.

    Raises:
        UsageFault: it is not 16 hex digits.
    """
    if not _READER.fullmatch(reader_id):
        raise UsageFault("reader_id must be 16 hex digits")
    return reader_id
