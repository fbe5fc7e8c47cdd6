"""Inputs of a resource as Terraform has them: planned values, what is unknown or sensitive, and expressions.

A value that is a reference and nothing else is unknown until the deployment, as in Terraform. Inside a text (a policy
document with a key's ARN in it) it becomes an interpolation, `${aws_kms_key.code.arn}`: in Terraform the entire text
would be unknown then, and Checkov would skip every policy.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.graph import SECRET, UNKNOWN
from policies.graph.references import Reference, reference_of, references_in
from policies.graph.values import map_leaves, texts_in
from policies.tfplan.addresses import Addresses
from policies.tfplan.names import snake
from policies.tfplan.table import Field, Fields


@dataclass(kw_only=True)
class Block:
    """One resource's, or one nested block's, attributes in the four parts of a plan that contain them."""

    values: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)
    sensitive: dict[str, Any] = field(default_factory=dict)
    expressions: dict[str, Any] = field(default_factory=dict)


class Renderer:
    """Renders inputs; `addresses` give the names of references."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def block(self, inputs: Mapping[str, Any], fields: Fields, computed_from: Mapping[str, Sequence[str]]) -> Block:
        """`computed_from`: for a top-level property, the URNs that its value comes from."""
        block = Block()
        for name, value in inputs.items():
            if not name.startswith("__") and value is not None:
                self._add(block, fields.of_property(name), value, computed_from.get(name, ()))
        return block

    def _add(self, block: Block, given: Field, value: Any, urns: Sequence[str]) -> None:
        if given.fields is not None and isinstance(value, (Mapping, list, tuple)):
            self._add_nested(block, given, value)
            return
        name = given.terraform
        rendered = self._plain(value)
        if given.one and not isinstance(value, (list, tuple)):
            rendered = [rendered]
        if _unknown(value):
            block.unknown[name] = True
        else:
            block.values[name] = _without_unknown(rendered)
            if isinstance(rendered, list) and any(item is UNKNOWN for item in rendered):
                block.unknown[name] = [item is UNKNOWN for item in rendered]
        if value is SECRET:
            block.sensitive[name] = True
        references = self._references(value) or self._named(urns)
        block.expressions[name] = (
            {"references": references} if references or _unknown(value) else {"constant_value": rendered}
        )

    def _add_nested(self, block: Block, given: Field, value: Any) -> None:
        assert given.fields is not None  # noqa: S101 - the caller looked
        items = list(value) if isinstance(value, (list, tuple)) else [value]
        nested = [self.block(item, given.fields, {}) for item in items if isinstance(item, Mapping)]
        for name in ("values", "unknown", "sensitive", "expressions"):
            parts = [getattr(each, name) for each in nested]
            if name in ("values", "expressions") or any(parts):
                getattr(block, name)[given.terraform] = parts[0] if given.keyed and parts else parts
        if len(nested) < len(items):  # one of the blocks is not known
            block.unknown[given.terraform] = True

    def _plain(self, value: Any) -> Any:
        """A value without blocks in it; UNKNOWN where only the deployment can know it."""
        if _unknown(value):
            return UNKNOWN
        if isinstance(value, str):
            return self._interpolated(value)
        if isinstance(value, Mapping):
            if _is_document(value):
                return json.dumps(map_leaves(value, self._filled))
            return {key: self._plain(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._plain(inner) for inner in value]
        return value

    def _filled(self, value: Any) -> Any:
        return self._interpolated(value) if isinstance(value, str) else value

    def _interpolated(self, text: str) -> str:
        for reference in set(references_in(text)):
            text = text.replace(str(reference), f"${{{self._name(reference)}}}")
        return text

    def _references(self, value: Any) -> list[str]:
        found: list[str] = []
        for reference in (each for _, text in texts_in(value) for each in references_in(text)):
            name = self._name(reference)
            found += [name, name.rpartition(".")[0]]  # as Terraform lists them: the attribute, then the resource
        return list(dict.fromkeys(found))

    def _named(self, urns: Sequence[str]) -> list[str]:
        return [resource.local for urn in urns if (resource := self._addresses.resources.get(urn))]

    def _name(self, reference: Reference) -> str:
        """`aws_kms_key.code.arn`; a stack's output, and what is not AWS, is a variable of the plan."""
        resource = self._addresses.resources.get(reference.urn)
        if resource is None:
            return f"var.{snake(reference.urn.rpartition('::')[2].replace('-', '_'))}.{snake(reference.output)}"
        return f"{resource.local}.{resource.type.fields.of_property(reference.output).terraform}"


def _unknown(value: Any) -> bool:
    return value is UNKNOWN or value is SECRET or reference_of(value) is not None


def _without_unknown(value: Any) -> Any:
    """Terraform prints null for an unknown item of a list, and leaves unknown keys of a map out."""
    if isinstance(value, list):
        return [None if item is UNKNOWN else _without_unknown(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _without_unknown(inner) for key, inner in value.items() if inner is not UNKNOWN}
    return value


def _is_document(value: Mapping[str, Any]) -> bool:
    """A policy document given as an object; Terraform takes the text."""
    return "Statement" in value
