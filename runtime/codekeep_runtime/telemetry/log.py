"""Structured log lines: one JSON object a line on standard error."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TextIO

from codekeep_runtime import VERSION
from codekeep_runtime.telemetry.fields import FieldFilter, Value

Level = Literal["debug", "info", "warning", "error"]
_RANK = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Log:
    """The log that events are written to. Those below `minimum_level` are dropped; commands for people set it to
    "error".
    """

    def __init__(self) -> None:
        self.field_filter = FieldFilter()
        self.minimum_level: Level = "info"
        self.constant: dict[str, object] = {"version": VERSION}
        self.stream: TextIO | None = None  # None: standard error as it is when written
        self.forward: Callable[[dict[str, Value]], None] | None = (
            None  # sends it by OTLP too, where there is a collector
        )

    def write(self, event: str, component: str, level: Level, fields: dict[str, object]) -> None:
        if _RANK[level] < _RANK[self.minimum_level]:
            return
        line = self.field_filter.allowed_fields(
            {
                "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "level": level,
                "event": event,
                "component": component,
                **self.constant,
                **fields,
            }
        )
        stream = self.stream or sys.stderr
        try:
            stream.write(json.dumps(line, separators=(",", ":")) + "\n")
            stream.flush()
        except (OSError, ValueError):  # standard error is closed: no reason to fail a request
            self.field_filter.dropped += 1
        if self.forward is not None:
            self.forward(line)


LOG = Log()


def emit(event: str, *, component: str, level: Level = "info", **fields: object) -> None:
    """Writes an event.

    Args:
        event: a literal of ours in kebab-case, never made of data.
        component: of codekeep_contracts.log_fields.Component; names the log group in a keep.
        fields: of the allow-list; others, and values other than numbers and identifiers, are dropped.
    """
    LOG.write(event, component, level, fields)
