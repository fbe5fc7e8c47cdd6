"""The engine's own provider: stack references, and the functions of package `pulumi`."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.engine.diff import Diff, compare
from sandbox.engine.provider import Checked, Failures, Live, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import type_of
from sandbox.engine.values import Props, has_secrets, has_unknowns

STACK_REFERENCE = "pulumi:pulumi:StackReference"

ReadOutputs = Callable[[str], Props]
"""Outputs of another stack by its name (`stack`, `organization/stack` or `organization/project/stack`). Raises
ProviderError.
"""


class BuiltinProvider:
    """Serves `pulumi:pulumi:StackReference`, `readStackOutputs` and `getResource`. Refuses other types of `pulumi`."""

    def __init__(self, read_outputs: ReadOutputs, find: Callable[[str], ResourceState | None]) -> None:
        self._read_outputs = read_outputs
        self._find = find

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        _require_stack_reference(urn)
        name = new.get("name")
        if not isinstance(name, str) and not has_unknowns(name):
            inputs = {key: value for key, value in new.items() if value is not None}
            return Checked(inputs, (("name", f"must be the name of a stack, got {name!r}"),))
        return Checked({"name": name})

    def diff(self, old: ResourceState, new: Props, ignored: Sequence[str]) -> Diff:
        changes = compare({"name": old.inputs.get("name")}, {"name": new.get("name")})
        keys = ("name",) if changes else ()
        return Diff(changed=bool(changes), changes=changes, changed_keys=keys, replace_keys=keys)

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        return "" if preview else str(uuid.uuid4()), self._reference(new.inputs)

    def read(self, state: ResourceState) -> Live | None:
        _require_stack_reference(state.urn)
        inputs = {"name": state.inputs.get("name", state.id)}
        return Live(state.id, inputs, self._reference(inputs))

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        raise ProviderError(f"{new.urn} cannot be updated, only replaced")

    def delete(self, old: ResourceState) -> None:
        """Nothing exists outside the state."""

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, Failures]:
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function token
            return self._reference(args), ()
        if token == "pulumi:pulumi:getResource":  # noqa: S105
            return self._resource(args), ()
        raise ProviderError(f"the sandbox engine does not support function {token!r}")

    def _reference(self, args: Mapping[str, Any]) -> Props:
        name = args.get("name")
        if not isinstance(name, str):
            raise ProviderError(f"a stack reference needs the name of a stack, got {name!r}")
        outputs = self._read_outputs(name)
        secret_names = sorted(key for key, value in outputs.items() if has_secrets(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secret_names}

    def _resource(self, args: Mapping[str, Any]) -> Props:
        state = self._find(str(args.get("urn")))
        if state is None:
            raise ProviderError(f"unknown resource {args.get('urn')!r}")
        return {"urn": state.urn, "id": state.id, "state": state.outputs}


class UnconfiguredProvider:
    """Replaces a provider that cannot be called, since a preview does not know its configuration."""

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        return Checked(new)

    def diff(self, old: ResourceState, new: Props, ignored: Sequence[str]) -> Diff:
        changes = compare(old.inputs, new)
        keys = tuple(dict.fromkeys(change.path.split(".")[0].split("[")[0] for change in changes))
        return Diff(changed=bool(changes), changes=changes, changed_keys=keys)

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        return "", new.inputs

    def read(self, state: ResourceState) -> Live | None:
        raise ProviderError(f"{state.urn} cannot be read: its provider's configuration is known only during up")

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        return new.inputs

    def delete(self, old: ResourceState) -> None:
        raise ProviderError(f"{old.urn} cannot be deleted: its provider's configuration is not known")

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, Failures]:
        raise ProviderError(f"{token} cannot be called: its provider's configuration is known only during up")


def _require_stack_reference(urn: str) -> None:
    if type_of(urn) != STACK_REFERENCE:
        raise ProviderError(f"{urn}: of package pulumi the sandbox engine supports {STACK_REFERENCE} only")
