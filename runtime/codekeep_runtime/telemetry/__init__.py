"""What may leave a process: named events with fields of one allow-list. No text that a person or repository wrote."""

from codekeep_runtime.telemetry.log import emit
from codekeep_runtime.telemetry.setup import setup
from codekeep_runtime.telemetry.spans import span

__all__ = ["emit", "setup", "span"]
