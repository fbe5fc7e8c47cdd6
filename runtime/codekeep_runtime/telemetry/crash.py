"""Uncaught exceptions: their class and place in our code, without message, source lines or values."""

import asyncio
import faulthandler
import resource
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from codekeep_runtime.telemetry.log import emit

PACKAGE = __name__.partition(".")[0]


def frames(trace: TracebackType | None) -> Iterator[str]:
    """`module:function:line` of each frame of ours, innermost last."""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if isinstance(module, str) and module.partition(".")[0] == PACKAGE:
            yield f"{module}:{trace.tb_frame.f_code.co_name.strip('<>')}:{trace.tb_lineno}"
        trace = trace.tb_next


def report(kind: type[BaseException], trace: TracebackType | None) -> None:
    """One event, whose `route` is the innermost frame of ours."""
    inner = list(frames(trace))
    emit(
        "uncaught-exception",
        component="system",
        level="error",
        error_kind=kind.__name__,
        route=inner[-1] if inner else "elsewhere",
    )


def install() -> None:
    """Replaces everything that prints a traceback, and turns off core dumps, which contain all of memory."""
    sys.excepthook = lambda kind, _, trace: report(kind, trace)
    threading.excepthook = lambda args: report(args.exc_type, args.exc_traceback)
    sys.unraisablehook = lambda args: report(args.exc_type, args.exc_traceback)
    traceback.print_exception = _report_current  # multiprocessing prints a failed worker with it
    traceback.print_exc = _report_current
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _report_current(*_: object, **__: object) -> None:
    """Replaces `traceback.print_exc`: reports the exception being handled, whatever the arguments are."""
    kind, _error, trace = sys.exc_info()
    if kind is not None:
        report(kind, trace)


def for_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Reports what a task raised and nobody awaited."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None:
            report(type(error), error.__traceback__)
        else:
            emit("loop-complaint", component="system", level="error")

    loop.set_exception_handler(handle)
