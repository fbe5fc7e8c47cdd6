"""Allow-list of the fields that a log line, span or metric may have."""

from typing import Final, Literal

LEVELS: Final = ("info", "warning", "error")
"""Levels that a keep may be set to: debug output would contain what it must not."""

LOG_FIELDS: Final = (
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
)
"""Identifiers, counts and times. No text that a person or a repository wrote."""

Component = Literal["gateway", "ingest", "index", "review", "finetune", "evals", "models", "access", "system"]
"""The part of the runtime that a record is of; the first eight have a log group each, the rest goes to `system`."""
