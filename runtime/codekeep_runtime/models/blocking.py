"""Runs coroutines for callers that block, on one event loop of this process in a thread of its own."""

import atexit
import threading
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

T = TypeVar("T")
_STARTING = threading.Lock()  # two threads may call first


def run_blocking(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Blocks until the coroutine of `function(*args)` ends; cancels it when the caller is interrupted."""
    with _STARTING:
        portal = _portal()
    future = portal.start_task_soon(function, *args)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


@cache
def _portal() -> BlockingPortal:
    stack = ExitStack()
    atexit.register(stack.close)  # closes the clients' connections, too
    return stack.enter_context(start_blocking_portal(name="engine-clients"))
