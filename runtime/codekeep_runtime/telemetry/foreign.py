"""Log records of other libraries: that there was one may leave, what it says may not."""

import logging
import sys
from typing import Any

from codekeep_runtime.telemetry.log import LOG, Level

_LEVELS: tuple[tuple[int, Level], ...] = ((logging.ERROR, "error"), (logging.WARNING, "warning"))


class EmptyRecord(logging.LogRecord):
    """A record that forgot its message, arguments and stack before any handler could see it, whoever installed that.

    A library may add a handler at any time (uvicorn does); so what is unfit to print is not there to be printed.
    """

    def __init__(self, name: str, level: int, *args: Any, **more: Any) -> None:
        super().__init__(name, level, "", 0, "library-record", (), None)
        raised = args[4] if len(args) > 4 else more.get("exc_info")
        kind = raised[0] if isinstance(raised, tuple) else None
        self.error_kind = kind.__name__ if kind is not None else None


class ForeignHandler(logging.Handler):
    """Writes the package of the logger and the exception's class."""

    def emit(self, record: logging.LogRecord) -> None:
        level: Level = next((name for rank, name in _LEVELS if record.levelno >= rank), "info")
        fields: dict[str, object] = {"route": _package(record.name)}
        if kind := getattr(record, "error_kind", None):
            fields["error_kind"] = kind
        LOG.write("library-record", "system", level, fields)


def _package(logger: str) -> str:
    """A logger may be named by data; a package that is loaded is not."""
    package = logger.partition(".")[0]
    return package if package in sys.modules else "elsewhere"


def catch_all() -> None:
    """The root logger has this handler and no other; loggers that bring their own lose them."""
    logging.setLogRecordFactory(EmptyRecord)
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [ForeignHandler(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
