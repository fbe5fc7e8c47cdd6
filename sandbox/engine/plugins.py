"""Plugin processes: started with the engine's address, they print their port and then serve gRPC."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import grpc

from sandbox.engine.child import Child, read_lines
from sandbox.engine.reaper import Reaper

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # A connection of its own per channel, no name resolution, no proxy: everything is on loopback.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
)
_START_SECONDS = 60.0
_LAST_LINES = 20


class PluginError(RuntimeError):
    """A plugin did not start, or it died. The message contains its last lines of output."""


class Plugin(Protocol):
    """A running plugin: a child process, or in tests a server in the same process."""

    name: str
    channel: Any  # gRPC, open until `close`

    def exit_code(self) -> int | None: ...

    def last_lines(self) -> str: ...

    def close(self) -> None: ...


class StartPlugin(Protocol):
    """Starts a plugin. Raises PluginError."""

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
    """A plugin in a child process."""

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
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)

        def take(line: str) -> None:
            self._lines.append(line)
            log(line)

        try:
            self._child = Child(argv, environment, reaper, cwd=cwd)
        except OSError as error:
            raise PluginError(f"plugin {name!r} cannot be started: {error}") from error
        read_lines(self._child.process.stderr, take)
        port = self._read_port()
        read_lines(self._child.process.stdout, take)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)

    def _read_port(self) -> int:
        process = self._child.process
        alarm = threading.Timer(_START_SECONDS, process.kill)
        alarm.start()
        try:
            line = process.stdout.readline() if process.stdout else b""
        finally:
            alarm.cancel()
        text = line.decode(errors="replace").strip()
        if not text.isdigit():
            self._child.stop()
            raise PluginError(f"plugin {self.name!r} printed {text!r} instead of its port{self.last_lines()}")
        return int(text)

    def exit_code(self) -> int | None:
        """None while it runs. Waits a moment: a broken connection is noticed before the death that broke it."""
        return self._child.wait(0.5)

    def last_lines(self) -> str:
        """The end of its output, indented below a message."""
        return "".join(f"\n  {line}" for line in self._lines)

    def close(self) -> None:
        self.channel.close()
        self._child.stop()


@dataclass
class PluginHost:
    """Starts plugins, one process per configured provider as Pulumi does. `warm` starts one before it is needed."""

    plugins: Mapping[str, Sequence[str]]  # package → argv
    environment: Mapping[str, str]
    engine_address: str
    reaper: Reaper
    log: Callable[[str, str], None]  # gets the package and a line of output
    start_plugin: StartPlugin = PluginProcess

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._warm: dict[str, Future[Plugin]] = {}
        self._running: list[Plugin] = []
        self._starters = ThreadPoolExecutor(max_workers=4, thread_name_prefix="plugin-start")

    def warm(self, package: str) -> None:
        with self._lock:
            if package in self.plugins and package not in self._warm:
                self._warm[package] = self._starters.submit(self._start, package)

    def start(self, package: str) -> Plugin:
        """A process that nothing else uses. Raises PluginError."""
        with self._lock:
            ready = self._warm.pop(package, None)
        return ready.result() if ready else self._start(package)

    def _start(self, package: str) -> Plugin:
        argv = self.plugins.get(package)
        if argv is None:
            raise PluginError(
                f"no plugin for package {package!r}; the sandbox has {', '.join(sorted(self.plugins)) or 'none'}"
            )
        process = self.start_plugin(
            package,
            [*argv, self.engine_address],
            self.environment,
            self.reaper,
            lambda line: self.log(package, line),
        )
        with self._lock:
            self._running.append(process)
        return process

    def close(self) -> None:
        self._starters.shutdown(wait=True)
        with ThreadPoolExecutor(max_workers=max(len(self._running), 1)) as pool:
            list(pool.map(lambda process: process.close(), self._running))
