"""Whether prompts may be stored, whose, and until when: the same wherever they are kept."""

import re
from datetime import UTC, datetime, timedelta

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.settings.governance import PromptStorage

_READER = re.compile(r"[0-9a-f]{16}")


class OptIn:
    """On only where somebody opted in, by name and for some days."""

    def __init__(self, settings: PromptStorage) -> None:
        self._days = settings.retention_days or 0
        self.is_on = settings.enabled and settings.redaction and bool(settings.approved_by) and self._days > 0

    def expiry(self, at: datetime) -> datetime:
        """Of a prompt of that time, UTC."""
        return at.astimezone(UTC) + timedelta(days=self._days)


def checked(reader_id: str) -> str:
    """The id, which names a folder.

    Raises:
        UsageFault: it is not 16 hex digits.
    """
    if not _READER.fullmatch(reader_id):
        raise UsageFault("reader_id must be 16 hex digits")
    return reader_id
