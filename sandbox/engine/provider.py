"""What the engine asks of a provider, and the gRPC client that asks it of a plugin."""

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
from sandbox.engine.urn import name_of, type_of
from sandbox.engine.values import Props, carry_secrets, props_from_struct, reveal, struct_from_props

INTERNAL_KEY = "__internal"  # what the engine keeps in a provider's inputs for itself


class ProviderError(RuntimeError):
    """A provider refused or failed. With `uncertain` nobody knows whether the real thing was changed."""

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain


class InitFailedError(ProviderError):
    """The real thing was made or changed but did not become ready; it is to be recorded all the same."""

    def __init__(self, message: str, id_: str, outputs: Props, inputs: Props, reasons: tuple[str, ...]) -> None:
        super().__init__(message)
        self.id = id_
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = reasons


@dataclass(frozen=True)
class Checked:
    inputs: Props
    failures: tuple[tuple[str, str], ...] = ()  # property, reason


@dataclass(frozen=True)
class Live:
    """A resource read back."""

    id: str
    inputs: Props
    outputs: Props


class Provider(Protocol):
    """All that the engine needs. Methods raise ProviderError."""

    def check(self, urn: str, old: Props, new: Props) -> Checked: ...

    def diff(
        self, urn: str, id_: str, old_inputs: Props, old_outputs: Props, new: Props, ignored: Sequence[str]
    ) -> Diff: ...

    def create(self, urn: str, inputs: Props, *, timeout: float, preview: bool) -> tuple[str, Props]: ...

    def read(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> Live | None: ...

    def update(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
        *,
        timeout: float,
        preview: bool,
    ) -> Props: ...

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> None: ...

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, tuple[tuple[str, str], ...]]: ...


class PluginProvider:
    """A provider in a process of its own."""

    def __init__(self, process: Plugin, engine_address: str) -> None:
        self._process = process
        self._stub = provider_pb2_grpc.ResourceProviderStub(process.channel)
        self._takes_secrets = True
        self._takes_resources = True
        self._previews = True
        self._handshake(engine_address)

    # --- the provider as a whole ---

    def _handshake(self, engine_address: str) -> None:
        request = provider_pb2.ProviderHandshakeRequest(engine_address=engine_address, configure_with_urn=True)
        self._call(self._stub.Handshake, request, optional=True)

    def version(self) -> str:
        info = self._call(self._stub.GetPluginInfo, empty_pb2.Empty(), optional=True)
        return info.version if info is not None else ""

    def check_config(self, urn: str, old: Props, new: Props) -> Checked:
        request = provider_pb2.CheckRequest(
            urn=urn, olds=self._struct(old), news=self._struct(new), name=name_of(urn), type=type_of(urn)
        )
        response = self._call(self._stub.CheckConfig, request, optional=True)
        return Checked(new) if response is None else _checked(response)

    def diff_config(self, urn: str, id_: str, old_inputs: Props, old_outputs: Props, new: Props) -> Diff:
        request = provider_pb2.DiffRequest(
            id=id_,
            urn=urn,
            olds=self._struct(old_outputs),
            news=self._struct(new),
            old_inputs=self._struct(old_inputs),
            name=name_of(urn),
            type=type_of(urn),
        )
        response = self._call(self._stub.DiffConfig, request, optional=True)
        return _by_comparison(old_inputs, new) if response is None else _diff(response, old_inputs, old_outputs, new)

    def configure(self, urn: str, id_: str, inputs: Props) -> None:
        package = type_of(urn).rsplit(":", 1)[-1]
        config = {key: value for key, value in inputs.items() if key != INTERNAL_KEY}
        variables = {f"{package}:config:{key}": _as_text(value) for key, value in config.items()}
        request = provider_pb2.ConfigureRequest(
            variables=variables,
            args=self._struct(config),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=id_,
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
        )
        response = self._call(self._stub.Configure, request)
        self._takes_secrets = response.acceptSecrets
        self._takes_resources = response.acceptResources
        self._previews = response.supportsPreview

    def cancel(self) -> None:
        """Asks the plugin to give up what it is doing."""
        self._call(self._stub.Cancel, empty_pb2.Empty(), optional=True)

    # --- one resource ---

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        request = provider_pb2.CheckRequest(
            urn=urn,
            olds=self._struct(old),
            news=self._struct(new),
            randomSeed=os.urandom(32),
            name=name_of(urn),
            type=type_of(urn),
        )
        checked = _checked(self._call(self._stub.Check, request))
        return checked if self._takes_secrets else Checked(carry_secrets(checked.inputs, new), checked.failures)

    def diff(
        self, urn: str, id_: str, old_inputs: Props, old_outputs: Props, new: Props, ignored: Sequence[str]
    ) -> Diff:
        request = provider_pb2.DiffRequest(
            id=id_,
            urn=urn,
            olds=self._struct(old_outputs),
            news=self._struct(new),
            ignoreChanges=ignored,
            old_inputs=self._struct(old_inputs),
            name=name_of(urn),
            type=type_of(urn),
        )
        return _diff(self._call(self._stub.Diff, request), old_inputs, old_outputs, new)

    def create(self, urn: str, inputs: Props, *, timeout: float, preview: bool) -> tuple[str, Props]:
        if preview and not self._previews:
            return "", inputs
        request = provider_pb2.CreateRequest(
            urn=urn,
            properties=self._struct(inputs),
            timeout=timeout,
            preview=preview,
            name=name_of(urn),
            type=type_of(urn),
        )
        response = self._call(self._stub.Create, request)
        if not response.id and not preview:
            raise ProviderError(f"the provider created {urn} but gave no id", uncertain=True)
        return "" if preview else response.id, self._outputs(response.properties, inputs)

    def read(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> Live | None:
        request = provider_pb2.ReadRequest(
            id=id_,
            urn=urn,
            properties=self._struct(outputs),
            inputs=self._struct(inputs),
            name=name_of(urn),
            type=type_of(urn),
            timeout=timeout,
        )
        response = self._call(self._stub.Read, request)
        if not response.id:
            return None
        live_inputs = props_from_struct(response.inputs) if response.HasField("inputs") else inputs
        if not self._takes_secrets:
            live_inputs = carry_secrets(live_inputs, inputs)
        return Live(response.id, live_inputs, self._outputs(response.properties, inputs))

    def update(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
        *,
        timeout: float,
        preview: bool,
    ) -> Props:
        if preview and not self._previews:
            return new
        request = provider_pb2.UpdateRequest(
            id=id_,
            urn=urn,
            olds=self._struct(old_outputs),
            news=self._struct(new),
            timeout=timeout,
            ignoreChanges=ignored,
            preview=preview,
            old_inputs=self._struct(old_inputs),
            name=name_of(urn),
            type=type_of(urn),
        )
        return self._outputs(self._call(self._stub.Update, request).properties, new)

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> None:
        request = provider_pb2.DeleteRequest(
            id=id_,
            urn=urn,
            properties=self._struct(outputs),
            timeout=timeout,
            old_inputs=self._struct(inputs),
            name=name_of(urn),
            type=type_of(urn),
        )
        self._call(self._stub.Delete, request)

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, tuple[tuple[str, str], ...]]:
        request = provider_pb2.InvokeRequest(tok=token, args=self._struct(args), preview=preview)
        response = self._call(self._stub.Invoke, request)
        return props_from_struct(getattr(response, "return")), _failures(response)

    # --- the wire ---

    def _struct(self, props: Props) -> Any:
        return struct_from_props(props, secrets=self._takes_secrets, resources=self._takes_resources)

    def _outputs(self, struct: Any, inputs: Props) -> Props:
        outputs = props_from_struct(struct)
        return outputs if self._takes_secrets else carry_secrets(outputs, inputs)

    def _call(self, method: Any, request: Any, *, optional: bool = False) -> Any:
        """None where `optional` and the plugin does not know the method. Raises ProviderError."""
        try:
            return method(request)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise self._translate(error) from error

    def _translate(self, error: Any) -> ProviderError:
        details = error.details() or str(error.code())
        if failed := _init_failed(error):
            reasons = tuple(failed.reasons) or (details,)
            return InitFailedError(
                "; ".join(reasons),
                failed.id,
                props_from_struct(failed.properties),
                props_from_struct(failed.inputs),
                reasons,
            )
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            code = self._process.exit_code()
            state = "does not answer" if code is None else f"died (exit code {code})"
            words = self._process.last_words()
            return ProviderError(f"plugin {self._process.name!r} {state}: {details}{words}", uncertain=True)
        return ProviderError(details, uncertain=error.code() == grpc.StatusCode.DEADLINE_EXCEEDED)


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


def _failures(response: Any) -> tuple[tuple[str, str], ...]:
    return tuple((failure.property, failure.reason) for failure in response.failures)


def _checked(response: Any) -> Checked:
    return Checked(props_from_struct(response.inputs), _failures(response))


_KINDS = {
    provider_pb2.PropertyDiff.ADD: ChangeKind.ADD,
    provider_pb2.PropertyDiff.ADD_REPLACE: ChangeKind.ADD_REPLACE,
    provider_pb2.PropertyDiff.DELETE: ChangeKind.DELETE,
    provider_pb2.PropertyDiff.DELETE_REPLACE: ChangeKind.DELETE_REPLACE,
    provider_pb2.PropertyDiff.UPDATE: ChangeKind.UPDATE,
    provider_pb2.PropertyDiff.UPDATE_REPLACE: ChangeKind.UPDATE_REPLACE,
}


def _diff(response: Any, old_inputs: Props, old_outputs: Props, new: Props) -> Diff:
    if response.changes == provider_pb2.DiffResponse.DIFF_NONE:
        return Diff(changed=False)
    by_comparison = _by_comparison(old_inputs, new, replaces=tuple(response.replaces))
    if response.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN and not response.replaces:
        return by_comparison
    changes = by_comparison.changes
    replace_keys = list(response.replaces)
    if response.hasDetailedDiff or response.detailedDiff:
        kinds = {path: (_KINDS[change.kind], change.inputDiff) for path, change in response.detailedDiff.items()}
        changes = detailed(old_inputs, old_outputs, new, kinds)
        replace_keys += [path for path, (kind, _) in kinds.items() if kind.replaces]
    return Diff(
        changed=True,
        changes=changes,
        changed_keys=tuple(response.diffs),
        replace_keys=tuple(dict.fromkeys(replace_keys)),
        delete_before_replace=response.deleteBeforeReplace,
    )


def _by_comparison(old: Props, new: Props, replaces: tuple[str, ...] = ()) -> Diff:
    changes = compare(_open(old), _open(new))
    keys = tuple(dict.fromkeys(str(parse_path(change.path)[0]) for change in changes))
    return Diff(changed=bool(changes or replaces), changes=changes, changed_keys=keys, replace_keys=replaces)


def _open(props: Props) -> Props:
    return {key: value for key, value in props.items() if key != INTERNAL_KEY}
