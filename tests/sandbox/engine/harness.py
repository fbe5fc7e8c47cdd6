"""Drives the engine in this process: programs are data registered over gRPC; the provider is a server in a thread."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from codekeep_contracts.engine_events import Diagnostic, Event, Operation, Phase, ResourceStep
from google.protobuf import empty_pb2
from pulumi.runtime.proto import alias_pb2, resource_pb2, resource_pb2_grpc

from sandbox.engine.checkpoint import StackState
from sandbox.engine.engine import Engine
from sandbox.engine.request import DeploymentRequest, DeploymentResult
from sandbox.engine.state import ResourceState
from sandbox.engine.values import UNKNOWN, Props, Secret, props_from_struct, struct_from_props
from tests.sandbox.engine.testprovider import World, serve

THING = "test:index:Thing"
GROUP = "test:index:Group"
STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Ref:
    """An output of another resource of the program; `id` is its id."""

    name: str
    output: str = "id"


@dataclass(frozen=True, kw_only=True)
class Res:
    """A resource of a program. It refers to earlier resources only."""

    name: str
    type: str = THING
    props: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    depends_on: Sequence[str] = ()
    provider: str = ""
    deleted_with: str = ""
    aliases: Sequence[Mapping[str, Any]] = ()
    read_id: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # fields of RegisterResourceRequest

    @property
    def custom(self) -> bool:
        return self.type != GROUP


@dataclass(frozen=True, kw_only=True)
class Call:
    """An invoke; its result is recorded under its name."""

    name: str
    token: str
    args: Mapping[str, Any] = field(default_factory=dict)
    depends_on: Sequence[str] = ()


class Program:
    """Registers resources concurrently, each as soon as those it refers to are registered."""

    def __init__(
        self, address: str, request: DeploymentRequest, items: Sequence[Res | Call], outputs: Mapping[str, Any]
    ):
        self._channel = grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        self.monitor = resource_pb2_grpc.ResourceMonitorStub(self._channel)
        self._request = request
        self._items = items
        self._outputs = outputs
        self.results: dict[str, Future[tuple[str, Props]]] = {}  # name → URN and outputs with id
        self.errors: list[str] = []
        self._over = threading.Event()
        self._code = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> int | None:
        return self._code if self._over.wait(seconds) else None

    def stop(self) -> None:
        self._thread.join()
        self._channel.close()

    def _run(self) -> None:
        try:
            self._code = 0 if self._register_all() else 1
        finally:
            self._over.set()

    def _register_all(self) -> bool:
        with ThreadPoolExecutor(max_workers=8) as pool:
            name = f"{self._request.project}-{self._request.stack}"
            root = self._guarded(lambda: self._register(Res(name=name, type=STACK), ""))
            if root is None:
                return False
            for item in self._items:
                self.results[item.name] = pool.submit(self._one, item, root[0])
        if self.errors:
            return False
        try:
            outputs = struct_from_props(self._resolve(self._outputs, set()))
            self.monitor.RegisterResourceOutputs(
                resource_pb2.RegisterResourceOutputsRequest(urn=root[0], outputs=outputs)
            )
            self.monitor.SignalAndWaitForShutdown(empty_pb2.Empty())
        except grpc.RpcError as error:
            self.errors.append(error.details())
        return not self.errors

    def _one(self, item: Res | Call, root: str) -> tuple[str, Props]:
        result = self._guarded(lambda: self._register(item, root) if isinstance(item, Res) else self._invoke(item))
        if result is None:
            raise RuntimeError(f"{item.name} was not registered")
        return result

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except grpc.RpcError as error:
            self.errors.append(error.details())
        except RuntimeError as error:
            self.errors.append(str(error))
        return None

    def urn(self, name: str) -> str:
        return self.results[name].result()[0]

    def _resolve(self, value: Any, seen: set[str]) -> Any:
        if isinstance(value, Ref):
            urn, outputs = self.results[value.name].result()
            seen.add(urn)
            return outputs.get(value.output, UNKNOWN if self._request.operation is Operation.PREVIEW else None)
        if isinstance(value, Mapping):
            return {key: self._resolve(item, seen) for key, item in value.items()}
        if isinstance(value, Secret):
            return Secret(self._resolve(value.value, seen))
        if isinstance(value, list):
            return [self._resolve(item, seen) for item in value]
        return value

    def _register(self, res: Res, root: str) -> tuple[str, Props]:
        deps_of: dict[str, set[str]] = {key: set() for key in res.props}
        props = {key: self._resolve(value, deps_of[key]) for key, value in res.props.items()}
        parent = self.urn(res.parent) if res.parent else root
        depends = {self.urn(name) for name in res.depends_on}.union(*deps_of.values())
        provider = ""
        if res.provider:
            urn, outputs = self.results[res.provider].result()
            provider = (
                f"{urn}::{outputs['id']}"
                if outputs["id"] is not UNKNOWN
                else f"{urn}::{'04da6b54-80e4-46f7-96ec-b56ff0331ba9'}"
            )
        if res.read_id:
            return self._read(res, props, parent, provider, depends)
        response = self.monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=res.type,
                name=res.name,
                parent=parent,
                custom=res.type not in (GROUP, STACK),
                object=struct_from_props(props),
                provider=provider,
                dependencies=sorted(depends),
                propertyDependencies={
                    key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=sorted(urns))
                    for key, urns in deps_of.items()
                },
                acceptSecrets=True,
                acceptResources=True,
                supportsPartialValues=True,
                deletedWith=self.urn(res.deleted_with) if res.deleted_with else "",
                aliases=[alias_pb2.Alias(spec=alias_pb2.Alias.Spec(**alias)) for alias in res.aliases],
                **res.options,
            )
        )
        return response.urn, {**props_from_struct(response.object), "id": response.id or UNKNOWN}

    def _read(self, res: Res, props: Props, parent: str, provider: str, depends: set[str]) -> tuple[str, Props]:
        response = self.monitor.ReadResource(
            resource_pb2.ReadResourceRequest(
                id=res.read_id,
                type=res.type,
                name=res.name,
                parent=parent,
                properties=struct_from_props(props),
                provider=provider,
                dependencies=sorted(depends),
                acceptSecrets=True,
            )
        )
        return response.urn, {**props_from_struct(response.properties), "id": response.id}

    def _invoke(self, call: Call) -> tuple[str, Props]:
        seen: set[str] = set()
        args = struct_from_props(self._resolve(call.args, seen))
        depends = [self.urn(name) for name in call.depends_on]
        response = self.monitor.Invoke(
            resource_pb2.ResourceInvokeRequest(tok=call.token, args=args, dependsOn=depends, acceptResources=True)
        )
        if response.failures:
            raise RuntimeError(response.failures[0].reason)
        return "", {"$unknown": response.unknown, **props_from_struct(getattr(response, "return"))}


class LocalPlugin:
    """A provider server in this process, as the engine sees a plugin."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])

    def exit_code(self) -> int | None:
        return None

    def last_lines(self) -> str:
        return ""

    def close(self) -> None:
        self.channel.close()


@dataclass
class Outcome:
    """A deployment and its events."""

    result: DeploymentResult
    events: list[Event]
    program: Program | None

    def steps(self, phase: Phase = Phase.DONE) -> list[tuple[str, str]]:
        """(op, name) of the steps in order, without the stack, providers and unchanged resources."""
        return [
            (event.op.value, event.name)
            for event in self.events
            if isinstance(event, ResourceStep)
            and event.phase is phase
            and event.type not in (STACK, "pulumi:providers:test")
            and event.op.value != "same"
        ]

    def messages(self) -> str:
        return "\n".join(event.message for event in self.events if isinstance(event, Diagnostic))

    def event(self, op: str, name: str) -> ResourceStep:
        return next(
            event
            for event in self.events
            if isinstance(event, ResourceStep) and (event.phase, event.op.value, event.name) == (Phase.DONE, op, name)
        )


class Sandbox:
    """A backend, a world and a running provider for it."""

    def __init__(self, folder: Path, *, project: str = "proj", stack: str = "dev") -> None:
        self.folder = folder
        self.project = project
        self.stack_name = stack
        self.passphrase = "opensesame"
        self.world = World()
        self.config: dict[str, str] = {}
        self.secret_keys: frozenset[str] = frozenset()
        self._server, self._provider, self.port = serve(self.world)

    def reset(self, folder: Path) -> None:
        """Starts over with an empty backend and an empty world, served by the same provider."""
        self.folder = folder
        self.world = self._provider.world = World()

    def close(self) -> None:
        self._server.stop(None)

    def run(
        self,
        operation: str,
        items: Sequence[Res | Call] = (),
        outputs: Mapping[str, Any] | None = None,
        *,
        on_event: Callable[[Event], None] | None = None,
        cancel: threading.Event | None = None,
        **changes: Any,
    ) -> Outcome:
        events: list[Event] = []
        programs: list[Program] = []

        def tell(event: Event) -> None:
            events.append(event)
            if on_event is not None:
                on_event(event)

        def start_program(request: Any, address: str, _deployment: Any, _reaper: Any) -> Program:
            programs.append(_Marked(self.world, address, request, items, outputs or {}))
            return programs[-1]

        def start_plugin(name: str, _argv: Any, _environment: Any, _reaper: Any, _log: Any) -> LocalPlugin:
            return LocalPlugin(name, self.port)

        self.world.final = operation == "destroy"
        engine = Engine(start_program=start_program, start_plugin=start_plugin)
        result = engine.run(self.request(operation, **changes), tell, cancel)
        self.world.final = False
        return Outcome(result, events, programs[0] if programs else None)

    def up(self, items: Sequence[Res | Call], outputs: Mapping[str, Any] | None = None, **changes: Any) -> Outcome:
        return self.run("up", items, outputs, **changes)

    def request(self, operation: str, **changes: Any) -> DeploymentRequest:
        fields: dict[str, Any] = {
            "operation": Operation(operation),
            "project": self.project,
            "stack": self.stack_name,
            "program": ["."],
            "program_cwd": self.folder,
            "config": self.config,
            "secret_keys": self.secret_keys,
            "backend": self.folder,
            "passphrase": self.passphrase,
            "plugins": {"test": ["in-process"]},
            "parallel": 8,
        }
        return DeploymentRequest(**{**fields, **changes})

    def state(self) -> StackState:
        return Engine.stack(self.folder, self.project, self.stack_name, self.passphrase)

    def resource(self, name: str) -> ResourceState:
        """The live instance of a name."""
        found = [s for s in self.state().resources.values() if s.name == name and not s.delete]
        assert len(found) == 1, f"{len(found)} live instances of {name}"
        return found[0]

    def names(self) -> list[str]:
        """Names of all custom instances in the state but providers, sorted."""
        return sorted(s.name for s in self.state().resources.values() if s.custom and not s.type.startswith("pulumi:"))

    def things(self) -> list[str]:
        """Names of the objects that exist in the world, sorted."""
        return sorted(props["_urn"].rsplit("::", 1)[-1] for props in self.world.objects.values())


class _Marked(Program):
    """A program that tells the world when it has ended; later deletions are final."""

    def __init__(self, world: World, *arguments: Any) -> None:
        self._world = world
        super().__init__(*arguments)

    def wait(self, seconds: float) -> int | None:
        code = super().wait(seconds)
        if code is not None:
            self._world.final = True
        return code


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Waits until the condition, which another thread changes, is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
