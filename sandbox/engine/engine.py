"""Runs deployments: takes the lock, opens the state, starts child processes, serves the program, runs the deletes.

After a run that was killed: the reaper has ended its children, and the journal has each step that finished. The next
run takes over the lock with a warning, folds the journal into the state, reads back the updates and deletions that were
in progress, and reports and repeats the creations (pending.py).
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import grpc
from codekeep_contracts.engine_events import Event, Operation, Severity, Status, Summary
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from sandbox.engine import pending, reads
from sandbox.engine.analyzers import start_packs
from sandbox.engine.backend import ORGANIZATION, StackFiles
from sandbox.engine.builtin import BuiltinProvider
from sandbox.engine.checkpoint import StackState
from sandbox.engine.deletes import run_deletes
from sandbox.engine.deployment import Deployment
from sandbox.engine.engine_service import EngineService
from sandbox.engine.lock import stack_lock
from sandbox.engine.monitor import MonitorService
from sandbox.engine.plugins import CHANNEL_OPTIONS, PluginError, PluginHost, PluginProcess, StartPlugin
from sandbox.engine.program import EXIT_SHOWN, ProgramProcess, RunningProgram
from sandbox.engine.provider import ProviderError
from sandbox.engine.reaper import Reaper
from sandbox.engine.registrar import Registrar
from sandbox.engine.registry import ProviderRegistry
from sandbox.engine.request import DeploymentRequest, DeploymentResult
from sandbox.engine.store import StateStore, load
from sandbox.engine.urn import is_provider_type, package_of
from sandbox.engine.values import Props, has_secrets, mask

_POLL_SECONDS = 0.05
_STOP_SECONDS = 2.0  # that a program has to end when the engine shuts down


class StartProgram(Protocol):
    """Starts the program of a request. `address` is where the engine serves it."""

    def __call__(
        self, request: DeploymentRequest, address: str, deployment: Deployment, reaper: Reaper, /
    ) -> RunningProgram: ...


class Engine:
    """The embedded deployment engine. One instance may run deployments of different stacks at the same time."""

    def __init__(self, *, start_program: StartProgram | None = None, start_plugin: StartPlugin = PluginProcess) -> None:
        """The arguments are for tests, which need no processes."""
        self._start_program = start_program or _start_process
        self._start_plugin = start_plugin

    def run(
        self, request: DeploymentRequest, on_event: Callable[[Event], None], cancel: threading.Event | None = None
    ) -> DeploymentResult:
        """Deploys. Failures of resources, programs and plugins are events and a failed result.

        Raises:
            StackLockedError: another deployment of the stack is in progress.
            CheckpointError: the state cannot be read.
            WrongPassphraseError: the passphrase is not the state's.
            ValueError: the request is wrong.
        """
        started = time.monotonic()
        files = StackFiles(request.backend, request.project, request.stack)
        files.prepare()
        preview = request.operation is Operation.PREVIEW
        with (
            nullcontext() if preview else stack_lock(files, request.operation) as stale,
            closing(StateStore(files, request.passphrase, read_only=preview)) as store,
        ):
            run = _Run(request, store, on_event, self._start_program, self._start_plugin)
            deployment = run.execute(stale, cancel or threading.Event())
        return _conclude(request, deployment, started)

    @staticmethod
    def stack(backend: Path, project: str, stack: str, passphrase: str | None = None) -> StackState:
        """The state of a stack, also while it is being deployed. Without the passphrase every secret reads "[secret]".

        Raises:
            FileNotFoundError: the stack was never deployed.
            CheckpointError: the state cannot be read.
            WrongPassphraseError: the passphrase is not the state's.
        """
        return load(StackFiles(backend, project, stack), passphrase)


@dataclass(frozen=True)
class _Run:
    """One deployment of a stack whose state is open."""

    request: DeploymentRequest
    store: StateStore
    on_event: Callable[[Event], None]
    start_program: StartProgram
    start_plugin: StartPlugin
    reaper: Reaper = field(default_factory=Reaper)

    def execute(self, dead_holder: Any, cancel: threading.Event) -> Deployment:
        request = self.request
        with ExitStack() as stack:
            # A registration keeps its thread until its step is done; the SDK has up to four per parallel step waiting.
            executor = ThreadPoolExecutor(max_workers=request.parallel * 4 + 32, thread_name_prefix="monitor")
            server = grpc.server(executor, options=CHANNEL_OPTIONS)
            address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
            stack.callback(lambda: server.stop(0.2).wait())
            stack.callback(self.reaper.close)
            deployment = self._deployment(stack, address, cancel)
            if dead_holder is not None:
                deployment.diagnose(Severity.WARNING, f"took over the lock of a process that died: {dead_holder}")
            registrar = Registrar(deployment)
            monitor = MonitorService(deployment, registrar, str(request.project_root or request.program_cwd))
            resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
            engine_pb2_grpc.add_EngineServicer_to_server(EngineService(deployment), server)
            server.start()
            pending.resolve(deployment)
            self._perform(deployment, registrar, address)
            if deployment.status is Status.CANCELLED:
                deployment.registry.cancel()
        return deployment

    def _deployment(self, stack: ExitStack, address: str, cancel: threading.Event) -> Deployment:
        request = self.request
        deployment: Deployment | None = None

        def log(package: str, line: str) -> None:
            """Plugins start before the deployment exists; their first lines are dropped."""
            if deployment is not None and line.strip():
                deployment.diagnose(Severity.DEBUG, f"{package}: {line}")

        host = PluginHost(request.plugins, request.environment, address, self.reaper, log, self.start_plugin)
        stack.callback(host.close)
        self._warm(host)
        builtin = BuiltinProvider(self._outputs_of, lambda urn: deployment.find(urn) if deployment else None)
        registry = ProviderRegistry(host, address, builtin)
        deployment = Deployment(request, self.store, registry, self.on_event, cancel)
        return deployment

    def _warm(self, host: PluginHost) -> None:
        """Starts the plugins that the last run used, or all on a first run, while the program starts."""
        used = {package_of(s.type) for s in self.store.state.resources.values() if is_provider_type(s.type)}
        for package in used or self.request.plugins:
            host.warm(package)

    def _outputs_of(self, name: str) -> Props:
        """Outputs of another stack in the same backend."""
        parts = name.split("/")
        if len(parts) > 3 or not all(parts):
            raise ProviderError(
                f"stack reference {name!r} must be stack, organization/stack or organization/project/stack"
            )
        if len(parts) > 1 and parts[0] != ORGANIZATION:
            raise ProviderError(f"stack reference {name!r}: the only organization here is {ORGANIZATION!r}")
        project = parts[1] if len(parts) == 3 else self.request.project
        try:
            return load(StackFiles(self.request.backend, project, parts[-1]), self.request.passphrase).outputs
        except FileNotFoundError:
            raise ProviderError(
                f"stack reference {name!r}: no such stack in {self.request.backend}; run up on it first"
            ) from None
        except ValueError as error:
            raise ProviderError(f"stack reference {name!r}: {error}") from error

    def _perform(self, deployment: Deployment, registrar: Registrar, address: str) -> None:
        operation = self.request.operation
        if operation is Operation.REFRESH:
            reads.refresh(deployment)
        elif operation is Operation.DESTROY:
            run_deletes(deployment, keep=())
        else:
            self._run_program(deployment, registrar, address)

    def _run_program(self, deployment: Deployment, registrar: Registrar, address: str) -> None:
        def log(pack: str, line: str) -> None:
            deployment.diagnose(Severity.INFO, f"{pack}: {line}")

        try:
            registrar.analyzers = start_packs(self.request, address, self.reaper, log)
        except (PluginError, ProviderError) as error:
            deployment.fail(str(error))
            return
        with closing(registrar.analyzers):
            program = self.start_program(self.request, address, deployment, self.reaper)
            try:
                _await_program(program, deployment)
            finally:
                program.stop()
            _finish(deployment, registrar)


def _finish(deployment: Deployment, registrar: Registrar) -> None:
    """Runs the deletes only after a run without failures: a failure may be why a resource is not registered."""
    if deployment.status is not Status.SUCCEEDED:
        return
    if deployment.request.targets:
        return  # a part of the stack, which the policies judge whole
    try:
        accepted = registrar.analyzers.judge_stack(deployment)
    except ProviderError as error:
        deployment.fail(str(error))
        return
    if not accepted and not deployment.preview:
        deployment.fail("the policies refuse the stack; created resources stay, and nothing was deleted")
        return
    run_deletes(deployment, keep=[claim.key for claim in deployment.claims.values()])
    if deployment.violated or not accepted:
        deployment.fail("the preview violates mandatory policies")


def _await_program(program: RunningProgram, deployment: Deployment) -> None:
    """Waits for the program's end. Once the deployment stops, the program has a moment to notice; then it is ended."""
    deadline: float | None = None
    while (code := program.wait(_POLL_SECONDS)) is None:
        if deployment.stopping():
            deadline = deadline or time.monotonic() + _STOP_SECONDS
            if time.monotonic() > deadline and deployment.idle():
                return
    if code != 0:
        shown = code == EXIT_SHOWN or deployment.status is not Status.SUCCEEDED
        deployment.fail("" if shown else f"the program ended with exit code {code}")


def _start_process(request: DeploymentRequest, address: str, deployment: Deployment, reaper: Reaper) -> RunningProgram:
    def log(line: str, is_error: bool) -> None:
        # Messages of gRPC and asyncio after the engine has ended do not matter.
        if not (is_error and deployment.stopping()):
            deployment.diagnose(Severity.INFO, line)

    return ProgramProcess(request, address, reaper, log)


def _conclude(request: DeploymentRequest, deployment: Deployment, started: float) -> DeploymentResult:
    outputs = deployment.store.snapshot().outputs
    seconds = time.monotonic() - started
    counts = dict(deployment.counts)
    deployment.emit(Summary(operation=request.operation, status=deployment.status, counts=counts, seconds=seconds))
    return DeploymentResult(
        status=deployment.status,
        counts=counts,
        outputs=mask(outputs),
        secret_outputs=frozenset(key for key, value in outputs.items() if has_secrets(value)),
        seconds=seconds,
    )
