"""Events, metrics and spans with fields of one allow-list, and no text that a person or a repository wrote."""

from codekeep_runtime.telemetry.log import emit
from codekeep_runtime.telemetry.setup import setup
from codekeep_runtime.telemetry.spans import span

__all__ = ["emit", "setup", "span"]
