"""Structured log lines: one JSON object a line on standard error."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TextIO

from codekeep_runtime import VERSION
from codekeep_runtime.telemetry.fields import Gate, Value

Level = Literal["debug", "info", "warning", "error"]
_RANK = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Log:
    """Where events go. `least` is the lowest level written; commands for people set it to "error"."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.least: Level = "info"
        self.constant: dict[str, object] = {"version": VERSION}
        self.stream: TextIO | None = None  # None: standard error as it is when written
        self.also: Callable[[dict[str, Value]], None] | None = None  # sends it by OTLP too, where there is a collector

    def write(self, event: str, component: str, level: Level, fields: dict[str, object]) -> None:
        if _RANK[level] < _RANK[self.least]:
            return
        line = self.gate.passed(
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
            self.gate.dropped += 1
        if self.also is not None:
            self.also(line)


LOG = Log()


def emit(event: str, *, component: str, level: Level = "info", **fields: object) -> None:
    """Writes an event.

    Args:
        event: a literal of ours in kebab-case, never made of data.
        component: of codekeep_contracts.log_fields.Component; names the log group in a keep.
        fields: of the allow-list; others, and values other than numbers and identifiers, are dropped.
    """
    LOG.write(event, component, level, fields)
