"""Filters the fields of log lines, spans and metrics."""

import math
import re
from collections.abc import Iterable, Mapping

from codekeep_contracts.log_fields import LOG_FIELDS

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/@+-]{1,128}")

Value = str | int | float | bool


class FieldFilter:
    """Passes fields whose name and value are allowed; counts the others."""

    def __init__(self, allowed: Iterable[str] = LOG_FIELDS) -> None:
        self.allowed = frozenset(allowed)
        self.dropped = 0

    def allowed_fields(self, fields: Mapping[str, object]) -> dict[str, Value]:
        """The fields that may leave the process."""
        kept: dict[str, Value] = {}
        for name, value in fields.items():
            if name in self.allowed and _is_harmless(value):
                kept[name] = value  # type: ignore[assignment]
            else:
                self.dropped += 1
        return kept


def _is_harmless(value: object) -> bool:
    """A number or an identifier: no space, bracket or quote, one of which is in every line of code."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63  # more digits could spell anything
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
