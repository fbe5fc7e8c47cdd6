"""The engine's own provider: stack references, and the functions of package `pulumi`."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.engine.diff import Diff, compare
from sandbox.engine.provider import Checked, Live, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import type_of
from sandbox.engine.values import Props, has_secrets, has_unknowns

STACK_REFERENCE = "pulumi:pulumi:StackReference"

ReadOutputs = Callable[[str], Props]
"""Outputs of another stack by its name (`stack`, `organization/stack` or `organization/project/stack`). Raises
ProviderError.
"""


class BuiltinProvider:
    """Serves `pulumi:pulumi:StackReference`, `readStackOutputs` and `getResource`; other types of `pulumi` are
    refused.
    """

    def __init__(self, read_outputs: ReadOutputs, find: Callable[[str], ResourceState | None]) -> None:
        self._read_outputs = read_outputs
        self._find = find

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        self._require_stack_reference(urn)
        inputs = {key: value for key, value in new.items() if value is not None}
        if not isinstance(inputs.get("name"), str) and not has_unknowns(inputs.get("name")):
            return Checked(inputs, (("name", f"must be the name of a stack, got {inputs.get('name')!r}"),))
        return Checked({"name": inputs["name"]})

    def diff(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
    ) -> Diff:
        self._require_stack_reference(urn)
        changes = compare({"name": old_inputs.get("name")}, {"name": new.get("name")})
        keys = ("name",) if changes else ()
        return Diff(changed=bool(changes), changes=changes, changed_keys=keys, replace_keys=keys)

    def create(self, urn: str, inputs: Props, *, timeout: float, preview: bool) -> tuple[str, Props]:
        self._require_stack_reference(urn)
        return "" if preview else str(uuid.uuid4()), self._reference(inputs)

    def read(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> Live | None:
        self._require_stack_reference(urn)
        name = inputs.get("name", id_)
        return Live(id_, {"name": name}, self._reference({"name": name}))

    def update(self, urn: str, *_: Any, **__: Any) -> Props:
        raise ProviderError(f"{urn} cannot be updated, only replaced")

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> None:
        """Nothing exists outside the state."""

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, tuple[tuple[str, str], ...]]:
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function token
            return self._reference(args), ()
        if token == "pulumi:pulumi:getResource":  # noqa: S105
            return self._resource(args), ()
        raise ProviderError(f"function {token!r} is not served by the sandbox engine")

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

    def _require_stack_reference(self, urn: str) -> None:
        if type_of(urn) != STACK_REFERENCE:
            raise ProviderError(
                f"{urn}: of the types of package pulumi the sandbox engine serves {STACK_REFERENCE} only"
            )


class UnconfiguredProvider:
    """Stands for a provider whose configuration a preview cannot know: nothing can be asked of it."""

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        return Checked(new)

    def diff(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
    ) -> Diff:
        changes = compare(old_inputs, new)
        keys = tuple(dict.fromkeys(change.path.split(".")[0].split("[")[0] for change in changes))
        return Diff(changed=bool(changes), changes=changes, changed_keys=keys)

    def create(self, urn: str, inputs: Props, *, timeout: float, preview: bool) -> tuple[str, Props]:
        return "", inputs

    def read(self, urn: str, *_: Any, **__: Any) -> Live | None:
        raise ProviderError(f"{urn} cannot be read: its provider's configuration is known only during up")

    def update(
        self, urn: str, id_: str, old_inputs: Props, old_outputs: Props, new: Props, *_: Any, **__: Any
    ) -> Props:
        return new

    def delete(self, urn: str, *_: Any, **__: Any) -> None:
        raise ProviderError(f"{urn} cannot be deleted: its provider's configuration is not known")

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, tuple[tuple[str, str], ...]]:
        raise ProviderError(f"{token} cannot be called: its provider's configuration is known only during up")
