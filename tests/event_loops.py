"""Event loops of the tests that run Pulumi code."""

import asyncio


def close(loop: asyncio.AbstractEventLoop) -> None:
    """Cancels the tasks that wait on a loop and closes it. Their exceptions are dropped."""
    loop.set_exception_handler(lambda _loop, _context: None)
    if waiting := asyncio.all_tasks(loop):
        for task in waiting:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    loop.close()
