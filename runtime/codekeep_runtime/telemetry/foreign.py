"""Strips the text from log records of other libraries before they leave the process."""

import logging
import sys
from typing import Any

from codekeep_runtime.telemetry.log import LOG, Level

_LEVELS: tuple[tuple[int, Level], ...] = ((logging.ERROR, "error"), (logging.WARNING, "warning"))


class EmptyRecord(logging.LogRecord):
    """A record without message, arguments and stack.

    A library may add a handler at any time (uvicorn does), so no handler may be given a text that it could print.
    """

    def __init__(self, name: str, level: int, *args: Any, **more: Any) -> None:
        super().__init__(name, level, "", 0, "library-record", (), None)
        raised = args[4] if len(args) > 4 else more.get("exc_info")
        kind = raised[0] if isinstance(raised, tuple) else None
        self.error_kind = kind.__name__ if kind is not None else None


class ForeignHandler(logging.Handler):
    """Writes the logger's package and the exception's class."""

    def emit(self, record: logging.LogRecord) -> None:
        level: Level = next((name for rank, name in _LEVELS if record.levelno >= rank), "info")
        fields: dict[str, object] = {"route": _package(record.name)}
        if kind := getattr(record, "error_kind", None):
            fields["error_kind"] = kind
        LOG.write("library-record", "system", level, fields)


def _package(logger: str) -> str:
    """A logger's name may be made of data; the name of a loaded package is not."""
    package = logger.partition(".")[0]
    return package if package in sys.modules else "elsewhere"


def catch_all() -> None:
    """Gives the root logger this one handler, and removes those of all other loggers."""
    logging.setLogRecordFactory(EmptyRecord)
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [ForeignHandler(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
