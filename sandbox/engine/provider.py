"""The interface between engine and providers, and the gRPC client of a provider plugin."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
from codekeep_contracts.engine_events import ChangeKind
from codekeep_contracts.property_path import parse_path
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.engine.diff import Diff, compare, detailed
from sandbox.engine.plugins import Plugin
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import name_of, type_of
from sandbox.engine.values import Props, carry_secrets, props_from_struct, reveal, struct_from_props

INTERNAL_KEY = "__internal"  # the engine's own entry in a provider's inputs

Failures = tuple[tuple[str, str], ...]
"""Property and reason of each."""


class ProviderError(RuntimeError):
    """A provider refused or failed. With `uncertain` it is unknown whether the real resource was changed."""

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain


class InitFailedError(ProviderError):
    """The real resource was created or changed, but did not become ready. The state records it."""

    def __init__(self, message: str, id_: str, outputs: Props, inputs: Props, reasons: tuple[str, ...]) -> None:
        super().__init__(message)
        self.id = id_
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = reasons


@dataclass(frozen=True)
class Checked:
    inputs: Props
    failures: Failures = ()


@dataclass(frozen=True)
class Live:
    """A resource read back."""

    id: str
    inputs: Props
    outputs: Props


class Provider(Protocol):
    """Acts on real resources. Methods raise ProviderError."""

    def check(self, urn: str, old: Props, new: Props) -> Checked: ...

    def diff(self, old: ResourceState, new: Props, ignored: Sequence[str]) -> Diff: ...

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        """The id and the outputs."""
        ...

    def read(self, state: ResourceState) -> Live | None: ...

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        """The outputs."""
        ...

    def delete(self, old: ResourceState) -> None: ...

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, Failures]: ...


class PluginProvider:
    """A provider in a process of its own."""

    def __init__(self, process: Plugin, engine_address: str) -> None:
        self._process = process
        self._stub = provider_pb2_grpc.ResourceProviderStub(process.channel)
        self._accepts_secrets = True
        self._accepts_resources = True
        self._previews = True
        handshake = provider_pb2.ProviderHandshakeRequest(engine_address=engine_address, configure_with_urn=True)
        self._call(self._stub.Handshake, handshake, optional=True)

    # --- configuration ---

    def check_config(self, urn: str, old: Props, new: Props) -> Checked:
        request = provider_pb2.CheckRequest(olds=self._struct(old), news=self._struct(new), **_names(urn))
        response = self._call(self._stub.CheckConfig, request, optional=True)
        return Checked(new) if response is None else _checked(response)

    def diff_config(self, urn: str, id_: str, old_inputs: Props, old_outputs: Props, new: Props) -> Diff:
        request = provider_pb2.DiffRequest(
            id=id_,
            olds=self._struct(old_outputs),
            news=self._struct(new),
            old_inputs=self._struct(old_inputs),
            **_names(urn),
        )
        response = self._call(self._stub.DiffConfig, request, optional=True)
        return _by_comparison(old_inputs, new) if response is None else _diff(response, old_inputs, old_outputs, new)

    def configure(self, urn: str, id_: str, inputs: Props) -> None:
        package = type_of(urn).rsplit(":", 1)[-1]
        config = without_internal(inputs)
        request = provider_pb2.ConfigureRequest(
            variables={f"{package}:config:{key}": _as_text(value) for key, value in config.items()},
            args=self._struct(config),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=id_,
            **_names(urn),
        )
        response = self._call(self._stub.Configure, request)
        self._accepts_secrets = response.acceptSecrets
        self._accepts_resources = response.acceptResources
        self._previews = response.supportsPreview

    def cancel(self) -> None:
        """Asks the plugin to stop what it is doing."""
        self._call(self._stub.Cancel, empty_pb2.Empty(), optional=True)

    # --- one resource ---

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        request = provider_pb2.CheckRequest(
            olds=self._struct(old), news=self._struct(new), randomSeed=os.urandom(32), **_names(urn)
        )
        checked = _checked(self._call(self._stub.Check, request))
        return Checked(self._with_secrets(checked.inputs, new), checked.failures)

    def diff(self, old: ResourceState, new: Props, ignored: Sequence[str]) -> Diff:
        request = provider_pb2.DiffRequest(
            id=old.id,
            olds=self._struct(old.outputs),
            news=self._struct(new),
            ignoreChanges=ignored,
            old_inputs=self._struct(old.inputs),
            **_names(old.urn),
        )
        return _diff(self._call(self._stub.Diff, request), old.inputs, old.outputs, new)

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        if preview and not self._previews:
            return "", new.inputs
        request = provider_pb2.CreateRequest(
            properties=self._struct(new.inputs), timeout=new.timeout("create"), preview=preview, **_names(new.urn)
        )
        response = self._call(self._stub.Create, request)
        if not response.id and not preview:
            raise ProviderError(f"the provider created {new.urn} but returned no id", uncertain=True)
        outputs = self._with_secrets(props_from_struct(response.properties), new.inputs)
        return "" if preview else response.id, outputs

    def read(self, state: ResourceState) -> Live | None:
        request = provider_pb2.ReadRequest(
            id=state.id,
            properties=self._struct(state.outputs),
            inputs=self._struct(state.inputs),
            timeout=state.timeout("read"),
            **_names(state.urn),
        )
        response = self._call(self._stub.Read, request)
        if not response.id:
            return None
        inputs = props_from_struct(response.inputs) if response.HasField("inputs") else state.inputs
        outputs = props_from_struct(response.properties)
        return Live(response.id, self._with_secrets(inputs, state.inputs), self._with_secrets(outputs, state.inputs))

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        if preview and not self._previews:
            return new.inputs
        request = provider_pb2.UpdateRequest(
            id=old.id,
            olds=self._struct(old.outputs),
            news=self._struct(new.inputs),
            timeout=new.timeout("update"),
            ignoreChanges=new.ignore_changes,
            preview=preview,
            old_inputs=self._struct(old.inputs),
            **_names(new.urn),
        )
        response = self._call(self._stub.Update, request)
        return self._with_secrets(props_from_struct(response.properties), new.inputs)

    def delete(self, old: ResourceState) -> None:
        request = provider_pb2.DeleteRequest(
            id=old.id,
            properties=self._struct(old.outputs),
            timeout=old.timeout("delete"),
            old_inputs=self._struct(old.inputs),
            **_names(old.urn),
        )
        self._call(self._stub.Delete, request)

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, Failures]:
        request = provider_pb2.InvokeRequest(tok=token, args=self._struct(args), preview=preview)
        response = self._call(self._stub.Invoke, request)
        return props_from_struct(getattr(response, "return")), _failures(response)

    # --- the wire ---

    def _struct(self, props: Props) -> Any:
        return struct_from_props(props, secrets=self._accepts_secrets, resources=self._accepts_resources)

    def _with_secrets(self, props: Props, inputs: Props) -> Props:
        """Marks secrets again in the answers of a provider that does not accept them and got plain values."""
        return props if self._accepts_secrets else carry_secrets(props, inputs)

    def _call(self, method: Any, request: Any, *, optional: bool = False) -> Any:
        """None where `optional` and the plugin does not have the method. Raises ProviderError."""
        try:
            return method(request)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise self._translated(error) from error

    def _translated(self, error: Any) -> ProviderError:
        details = error.details() or str(error.code())
        if failed := _init_failed(error):
            reasons = tuple(failed.reasons) or (details,)
            outputs, inputs = props_from_struct(failed.properties), props_from_struct(failed.inputs)
            return InitFailedError("; ".join(reasons), failed.id, outputs, inputs, reasons)
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            code = self._process.exit_code()
            state = "does not answer" if code is None else f"died (exit code {code})"
            output = self._process.last_lines()
            return ProviderError(f"plugin {self._process.name!r} {state}: {details}{output}", uncertain=True)
        return ProviderError(details, uncertain=error.code() == grpc.StatusCode.DEADLINE_EXCEEDED)


def without_internal(props: Props) -> Props:
    """A provider's inputs without the engine's own entry."""
    return {key: value for key, value in props.items() if key != INTERNAL_KEY}


def _names(urn: str) -> dict[str, Any]:
    """The fields by which requests name a resource."""
    return {"urn": urn, "name": name_of(urn), "type": type_of(urn)}


def _init_failed(error: Any) -> Any:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                failed = provider_pb2.ErrorResourceInitFailed()
                if detail.Is(failed.DESCRIPTOR):
                    detail.Unpack(failed)
                    return failed
    return None


def _as_text(value: Any) -> str:
    plain = reveal(value)
    return plain if isinstance(plain, str) else json.dumps(plain, default=str)


def _failures(response: Any) -> Failures:
    return tuple((failure.property, failure.reason) for failure in response.failures)


def _checked(response: Any) -> Checked:
    return Checked(props_from_struct(response.inputs), _failures(response))


def _diff(response: Any, old_inputs: Props, old_outputs: Props, new: Props) -> Diff:
    if response.changes == provider_pb2.DiffResponse.DIFF_NONE:
        return Diff(changed=False)
    by_comparison = _by_comparison(old_inputs, new, replaces=tuple(response.replaces))
    if response.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN and not response.replaces:
        return by_comparison
    changes = by_comparison.changes
    replace_keys = list(response.replaces)
    if response.hasDetailedDiff or response.detailedDiff:
        kinds = {path: (_kind(change.kind), change.inputDiff) for path, change in response.detailedDiff.items()}
        changes = detailed(old_inputs, old_outputs, new, kinds)
        replace_keys += [path for path, (kind, _) in kinds.items() if kind.replaces]
    return Diff(
        changed=True,
        changes=changes,
        changed_keys=tuple(response.diffs),
        replace_keys=tuple(dict.fromkeys(replace_keys)),
        delete_before_replace=response.deleteBeforeReplace,
    )


def _kind(kind: Any) -> ChangeKind:
    return ChangeKind[provider_pb2.PropertyDiff.Kind.Name(kind)]


def _by_comparison(old: Props, new: Props, replaces: tuple[str, ...] = ()) -> Diff:
    changes = compare(without_internal(old), without_internal(new))
    keys = tuple(dict.fromkeys(str(parse_path(change.path)[0]) for change in changes))
    return Diff(changed=bool(changes or replaces), changes=changes, changed_keys=keys, replace_keys=replaces)
