"""Runs a program with no engine, no provider and no network, and records the graph it asks for.

The program sees what a first preview would show it: inputs come back as outputs, what only the cloud knows is unknown.
"""

import asyncio
import contextvars
import gc
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pulumi
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2, resource_pb2
from pulumi.runtime.stack import run_in_stack

from policies.graph.build import decoded, graph_of, provider_urn
from policies.graph.inline_loop import InlineLoop, settled
from policies.graph.invokes import ProviderScope, answer
from policies.graph.model import STACK_TYPE, Node, ResourceGraph, Source
from policies.graph.references import Reference, text_outputs
from policies.graph.stack_trace import nearest_line_only
from policies.graph.values import UNKNOWN
from policies.graph.wire import plain_properties

STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference"


class ProgramError(Exception):
    """The program logged an error."""


def record(
    program: Callable[[], Any],
    *,
    project: str,
    stack: str,
    config: Mapping[str, str] | None = None,
    secret_keys: Collection[str] = (),
    root: Path | None = None,
    stack_outputs: Mapping[str, Mapping[str, Any]] | None = None,
    references: bool = False,
) -> ResourceGraph:
    """Runs `program` until nothing that it started is pending.

    `config` has full keys (`codekeep:tenant`). Source files are named relative to `root`. `stack_outputs` are the
    outputs that StackReferences read, by stack name (`organization/project/stack` or its last part); those of other
    stacks are unknown. `references` puts a reference (policies.graph.references) in place of an unknown text output.

    Raises:
        ProgramError: the program logged an error, or asks for what cannot be recorded.
        Exception: whatever the program, or one of its `apply`s, raises.
    """
    monitor = _Monitor(project, stack, config or {}, (root or Path.cwd()).resolve(), stack_outputs or {}, references)
    with _without_collecting():
        contextvars.copy_context().run(_run, program, monitor, frozenset(secret_keys))
    return graph_of(project, stack, list(monitor.nodes.values()), monitor.config.get("aws:region"))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Turns garbage collection off: what a program makes lives until its end, and collecting took half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(program: Callable[[], Any], monitor: "_Monitor", secret_keys: frozenset[str]) -> None:
    engine = _Engine()
    settings.configure(
        settings.Settings(
            project=monitor.project,
            stack=monitor.stack,
            monitor=monitor,
            engine=engine,
            parallel=16,
            dry_run=True,
            organization="organization",
            root_directory=str(monitor.root),
        )
    )
    settings.ROOT.set(None)
    pulumi.runtime.set_all_config(dict(monitor.config), list(secret_keys))
    loop = InlineLoop()
    # The first error comes out of run_in_stack; the tasks that failed with it would each report it again.
    loop.set_exception_handler(lambda _, __: None)
    asyncio.set_event_loop(loop)
    try:
        with nearest_line_only():
            loop.run_until_complete(run_in_stack(lambda: _to_the_end(program)))
    finally:
        _cancel_rest(loop)
        asyncio.set_event_loop(None)
        loop.close()
    if engine.errors:
        raise ProgramError("\n".join(engine.errors))


def _cancel_rest(loop: asyncio.AbstractEventLoop) -> None:
    """A failed program leaves tasks that wait for what will never come."""
    rest = asyncio.all_tasks(loop)
    for task in rest:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))


async def _to_the_end(program: Callable[[], Any]) -> None:
    program()
    await settled()


class _Engine:
    """The part of Pulumi's Engine service that a program calls."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def Log(self, request: Any) -> Any:  # noqa: N802 - gRPC
        if request.severity == engine_pb2.ERROR:
            self.errors.append(request.message)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> Any:  # noqa: N802 - gRPC
        return engine_pb2.RequirePulumiVersionResponse()


class _Monitor:
    """Pulumi's ResourceMonitor service, called in-process from the SDK's threads."""

    def __init__(
        self,
        project: str,
        stack: str,
        config: Mapping[str, str],
        root: Path,
        stack_outputs: Mapping[str, Mapping[str, Any]],
        references: bool,
    ) -> None:
        self.project = project
        self.stack = stack
        self.config = config
        self.root = root
        self.stack_outputs = stack_outputs
        self.references = references
        self.nodes: dict[str, Node] = {}
        self._lock = threading.Lock()

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802 - gRPC
        features = (
            resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
            resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
            resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
            resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
            resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
        )
        return resource_pb2.DeploymentInfo(
            project=self.project, stack=self.stack, dryRun=True, supportedFeatures=features
        )

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC
        urn = self._urn(request.parent, request.type, request.name)
        inputs, secrets = plain_properties(json_format.MessageToDict(request.object))
        inputs = decoded(request.type, inputs)
        provider = request.provider or request.providers.get(request.type.split(":")[0], "")
        node = Node(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent or None,
            custom=request.custom,
            id=request.importId or None,
            provider=provider_urn(provider),
            inputs=inputs,
            outputs={**inputs, "id": request.importId or UNKNOWN} if request.custom else {},
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(of.urns)) for key, of in sorted(request.propertyDependencies.items()) if of.urns
            },
            secrets=secrets,
            options=_options(request),
            source=None if request.type == STACK_TYPE else self._source(request.stackTrace),
        )
        self._add(node)
        if self.references and node.custom and not node.is_provider:
            return self._referring(urn, request)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.importId, object=request.object)

    def _referring(self, urn: str, request: Any) -> Any:
        """The registration's answer with references for the id and every text output that the program did not set."""
        state = struct_pb2.Struct()
        for output in text_outputs(request.type):
            state[output] = str(Reference(urn, output))
        state.MergeFrom(request.object)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=request.importId or str(Reference(urn, "id")), object=state
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC
        outputs, secrets = plain_properties(json_format.MessageToDict(request.outputs))
        with self._lock:
            node = self.nodes[request.urn]
            merged = tuple(dict.fromkeys([*node.secrets, *secrets]))
            self.nodes[request.urn] = replace(node, outputs=outputs, secrets=merged)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - gRPC
        urn = self._urn(request.parent, request.type, request.name)
        state = self._read_state(request)
        inputs, secrets = plain_properties(json_format.MessageToDict(request.properties))
        outputs, _ = plain_properties(json_format.MessageToDict(state))
        node = Node(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent or None,
            id=request.id,
            provider=provider_urn(request.provider),
            inputs=inputs,
            outputs={**outputs, "id": request.id},
            dependencies=tuple(sorted(request.dependencies)),
            secrets=secrets,
            options={"external": True},
            source=self._source(request.stackTrace),
        )
        self._add(node)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - gRPC
        arguments, _ = plain_properties(json_format.MessageToDict(request.args))
        result = answer(request.tok, arguments, self._scope(request.provider, arguments))
        if result is None:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct({**arguments, **result})})

    def Call(self, request: Any) -> Any:  # noqa: N802 - gRPC
        raise ProgramError(f"{request.tok}: method calls on remote components cannot be recorded without an engine")

    def RegisterPackage(self, request: Any) -> Any:  # noqa: N802 - gRPC
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def SignalAndWaitForShutdown(self, request: Any) -> Any:  # noqa: N802 - gRPC
        return empty_pb2.Empty()

    def _add(self, node: Node) -> None:
        with self._lock:
            if node.urn in self.nodes:
                raise ProgramError(f"two resources have the URN {node.urn}: give one of them another name or parent")
            self.nodes[node.urn] = node

    def _urn(self, parent: str, type_: str, name: str) -> str:
        qualified = parent.split("::")[2] if parent else ""
        prefix = f"{qualified}$" if qualified and qualified != STACK_TYPE else ""
        return f"urn:pulumi:{self.stack}::{self.project}::{prefix}{type_}::{name}"

    def _read_state(self, request: Any) -> struct_pb2.Struct:
        if request.type != STACK_REFERENCE_TYPE:
            return request.properties
        outputs = self.stack_outputs.get(request.id, self.stack_outputs.get(request.id.rpartition("/")[2]))
        if outputs is None:
            return _struct({"name": request.id})
        return _struct({"name": request.id, "outputs": dict(outputs), "secretOutputNames": []})

    def _scope(self, reference: str, arguments: Mapping[str, Any]) -> ProviderScope:
        provider = self.nodes.get(provider_urn(reference) or "")
        configured = provider.inputs if provider else {}
        accounts = configured.get("allowedAccountIds")
        region = arguments.get("region") or configured.get("region") or self.config.get("aws:region")
        return ProviderScope(
            region=region if isinstance(region, str) else None,
            account_id=accounts[0] if isinstance(accounts, list) and len(accounts) == 1 else None,
        )

    def _source(self, trace: Any) -> Source | None:
        """The first frame that is the program's own: the SDKs' constructors lie between it and the registration."""
        for frame in trace.frames:
            path = Path(unquote(urlparse(frame.pc.uri).path))
            if "site-packages" not in path.parts and path.is_absolute():
                relative = path.relative_to(self.root) if path.is_relative_to(self.root) else path
                return Source(file=str(relative), line=frame.pc.line)
        return None


def _options(request: Any) -> dict[str, Any]:
    """The resource options that are set, under the names a state file uses."""
    given = {
        "protect": request.protect,
        "retainOnDelete": request.retainOnDelete,
        "ignoreChanges": list(request.ignoreChanges),
        "replaceOnChanges": list(request.replaceOnChanges),
        "deleteBeforeReplace": request.deleteBeforeReplace,
        "deletedWith": request.deletedWith,
        "importID": request.importId,
        "additionalSecretOutputs": list(request.additionalSecretOutputs),
    }
    return {name: value for name, value in given.items() if value}


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({key: value for key, value in values.items() if value is not None})
    return struct
