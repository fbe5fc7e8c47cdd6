"""Plugin processes: started with the engine's address, they print their port and then serve gRPC."""

import os
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Protocol

import grpc

from sandbox.engine.reaper import Reaper, end_process

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # One connection of its own per channel, no name resolution, no proxy: everything is on loopback.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
)
_START_SECONDS = 60.0
_TAIL_LINES = 20


class PluginError(RuntimeError):
    """A plugin did not start or died; the message holds its last words."""


class Plugin(Protocol):
    """A running plugin: a child process, or in tests a server in this very process."""

    name: str
    channel: Any  # gRPC, open until `close`

    def exit_code(self) -> int | None: ...

    def last_words(self) -> str: ...

    def close(self) -> None: ...


class StartPlugin(Protocol):
    """Starts a plugin; raises PluginError."""

    def __call__(
        self,
        name: str,
        argv: Sequence[str],
        environment: Mapping[str, str],
        reaper: Reaper,
        log: Callable[[str], None],
        /,
    ) -> Plugin: ...


class PluginProcess:
    """One running plugin in a child process."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        environment: Mapping[str, str],
        reaper: Reaper,
        log: Callable[[str], None],
        *,
        cwd: Path | None = None,
    ) -> None:
        """Raises PluginError where the process cannot be started or prints no port within a minute."""
        self.name = name
        self._reaper = reaper
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the plugins that the caller named
                list(argv),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"PYTHONUNBUFFERED": "1", **os.environ, **environment},
                start_new_session=True,  # a Ctrl-C in the terminal is for the engine to handle
            )
        except OSError as error:
            raise PluginError(f"plugin {name!r} cannot be started: {error}") from error
        reaper.watch(self._process.pid)
        self._drain(self._process.stderr, log)
        self.port = self._read_port()
        self._drain(self._process.stdout, log)
        self.channel = _open_channel(self.port)

    def _read_port(self) -> int:
        alarm = threading.Timer(_START_SECONDS, self._process.kill)
        alarm.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else b""
        finally:
            alarm.cancel()
        text = line.decode(errors="replace").strip()
        if not text.isdigit():
            end_process(self._process)
            raise PluginError(f"plugin {self.name!r} printed {text!r} instead of its port{self.last_words()}")
        return int(text)

    def _drain(self, stream: IO[bytes] | None, log: Callable[[str], None]) -> None:
        def run() -> None:
            for line in stream or ():
                text = line.decode(errors="replace").rstrip()
                self._tail.append(text)
                log(text)

        threading.Thread(target=run, name=f"drain-{self.name}", daemon=True).start()

    def exit_code(self) -> int | None:
        """None while it runs. Waits a moment: a broken connection is noticed before the death that broke it."""
        try:
            return self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        return "".join(f"\n  {line}" for line in self._tail) if self._tail else ""

    def close(self) -> None:
        self.channel.close()
        end_process(self._process)
        self._reaper.forget(self._process.pid)


def _open_channel(port: int) -> Any:
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)


class PluginHost:
    """Starts plugins, one process per configured provider as Pulumi does; `warm` starts one ahead of its need."""

    def __init__(
        self,
        plugins: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
        engine_address: str,
        reaper: Reaper,
        log: Callable[[str, str], None],
        start: StartPlugin = PluginProcess,
    ) -> None:
        self._start_plugin = start
        self._plugins = plugins
        self._environment = environment
        self._engine_address = engine_address
        self._reaper = reaper
        self._log = log
        self._lock = threading.Lock()
        self._warm: dict[str, Future[Plugin]] = {}
        self._running: list[Plugin] = []
        self._starters = ThreadPoolExecutor(max_workers=4, thread_name_prefix="plugin-start")

    def warm(self, package: str) -> None:
        with self._lock:
            if package in self._plugins and package not in self._warm:
                self._warm[package] = self._starters.submit(self._start, package)

    def start(self, package: str) -> Plugin:
        """A process that nobody else uses. Raises PluginError."""
        with self._lock:
            ready = self._warm.pop(package, None)
        return ready.result() if ready else self._start(package)

    def _start(self, package: str) -> Plugin:
        argv = self._plugins.get(package)
        if argv is None:
            raise PluginError(
                f"no plugin for package {package!r}; the sandbox has {', '.join(sorted(self._plugins)) or 'none'}"
            )
        process = self._start_plugin(
            package,
            [*argv, self._engine_address],
            self._environment,
            self._reaper,
            lambda line: self._log(package, line),
        )
        with self._lock:
            self._running.append(process)
        return process

    def close(self) -> None:
        self._starters.shutdown(wait=True)
        threads = [threading.Thread(target=process.close) for process in self._running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
