"""The one gate through which log lines, spans and metrics go."""

import math
import re
from collections.abc import Iterable, Mapping

DEFAULT_ALLOWED = frozenset(
    {
        "timestamp",
        "level",
        "event",
        "component",
        "version",
        "tenant",
        "team",
        "reader_id",
        "request_id",
        "trace_id",
        "route",
        "method",
        "status",
        "duration_ms",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "repository_id",
        "commit",
        "chunk_count",
        "skip_reason",
        "error_kind",
        "retry",
    }
)
"""Where there are no settings: what a stack writes into `logging.allowed_fields` (a test holds them equal)."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/@+-]{1,128}")

Value = str | int | float | bool


class Gate:
    """Lets through what is allowed by name and by shape; counts the rest."""

    def __init__(self, allowed: Iterable[str] = DEFAULT_ALLOWED) -> None:
        self.allowed = frozenset(allowed)
        self.dropped = 0

    def passed(self, fields: Mapping[str, object]) -> dict[str, Value]:
        """The fields that may leave."""
        kept: dict[str, Value] = {}
        for name, value in fields.items():
            if name in self.allowed and _is_harmless(value):
                kept[name] = value  # type: ignore[assignment]
            else:
                self.dropped += 1
        return kept


def _is_harmless(value: object) -> bool:
    """A number, or an identifier: nothing with a space, bracket or quote, as every line of code has."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63  # more digits could spell anything
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
