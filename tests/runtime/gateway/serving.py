"""Runs apps on a real server on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from codekeep_runtime.gateway.server import Server, server
from starlette.applications import Starlette


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    with running_server(app) as running:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"


@contextmanager
def running_server(app: Starlette) -> Iterator[Server]:
    running = server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield running
    finally:
        running.should_exit = running.force_exit = True
        thread.join(60)
    assert not thread.is_alive()
