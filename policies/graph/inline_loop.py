"""An event loop for a program whose engine is in the same process: no threads, and no waiting task by task."""

import asyncio
from collections.abc import Callable
from typing import Any

from pulumi.runtime import settings


class InlineLoop(asyncio.SelectorEventLoop):
    """Runs the SDK's calls to the engine in place, where the SDK would hand them to threads."""

    def run_in_executor(  # type: ignore[override]  # the base's is generic in the arguments
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Work of others goes to threads, as in the base class."""
        if executor is not None or func.__module__ != "pulumi.runtime._context":
            return super().run_in_executor(executor, func, *args)
        answer = self.create_future()
        try:
            answer.set_result(func(*args))
        except Exception as error:
            answer.set_exception(error)
        return answer


async def settled() -> None:
    """Waits until nothing that the program started is pending, or until something failed.

    The SDK's own waiting looks at every pending output each time one is ready, which takes a third of a big program's
    time; it still comes afterwards, and reports what failed.
    """
    while pending := [task for task in (*settings.SETTINGS.outputs, *_calls()) if not task.done()]:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() for task in done):
            return


def _calls() -> list[Any]:
    return list(settings._get_rpc_manager().rpcs)
