"""A Terraform resource's configuration, in Checkov's form, as a Node that the rules can judge.

Checkov wraps every attribute in a list, whether it read HCL or a plan. What stays an expression there (a variable, a
module's output, another resource's attribute) is no value: a resource's attribute becomes a reference, the rest
UNKNOWN.
"""

import re
from collections.abc import Mapping
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.graph.references import Reference
from policies.tfplan.names import camel
from policies.tfplan.table import Field, Fields, TerraformType, type_of_name

AFTER_UNKNOWN = "true_after_unknown"  # Checkov's mark for what a plan does not know
_ATTRIBUTE = re.compile(r"^(?:\$\{)?(aws_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(\w+)\}?$")
_FUNCTIONS = (  # of Terraform's, those that make texts; `cron(...)` and `rate(...)` are values of AWS's
    "jsonencode|yamlencode|base64encode|templatefile|file|filebase64|format|formatlist|join|concat|merge|lookup|element|"
    "coalesce|try|tostring|tolist|toset|replace|lower|upper|trimspace|cidrsubnet|split|flatten|one|values|keys"
)
_EXPRESSION = re.compile(
    rf"\$\{{|^(?:var|local|module|data|each|count|path|self)\.|^(?:{_FUNCTIONS})\(.*\)$", re.DOTALL
)
_INTERPOLATED = re.compile(r"\$\{(aws_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(\w+)\}")
META_ARGUMENTS = frozenset(
    {"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "dynamic"}
)
COMPUTED = frozenset({"id", "arn", "tags_all"})
NO_INPUTS = META_ARGUMENTS | COMPUTED
LINES = ("start_line", "end_line")
INNER_LINES = ("__startline__", "__endline__", "start_line", "end_line")


def node_of(type_name: str, name: str, conf: Mapping[str, Any], region: str | None = None) -> Node | None:
    """The resource as a node; None where its type is not in the table of names. `region` is its provider's."""
    type_ = type_of_name(type_name)
    if type_ is None:
        return None
    inputs = _block({key: value for key, value in conf.items() if key not in NO_INPUTS}, type_.fields)
    own = inputs.get("region")
    return Node(
        urn=_urn(type_, name),
        type=type_.token,
        name=name,
        inputs=inputs,
        region=own if isinstance(own, str) and not own.startswith("${") else region,
    )


def _urn(type_: TerraformType, name: str) -> str:
    return f"urn:pulumi:terraform::terraform::{type_.token}::{name}"


def _block(conf: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name, raw in conf.items():
        if name.startswith("_") or name.endswith("_") or name in LINES:
            continue
        field = fields.of_attribute(name)
        value = _nested(raw, field) if field.fields is not None else _attribute(raw, field)
        if value is not None:
            inputs[field.pulumi] = value
    return inputs


def _nested(raw: Any, field: Field) -> Any:
    """Blocks in Pulumi's form: a list, or a single one."""
    assert field.fields is not None  # noqa: S101 - the caller looked
    items = list(_flat(raw))
    if any(not isinstance(item, Mapping) for item in items if item is not None):
        return UNKNOWN  # a dynamic block, or one that is made by an expression
    blocks = [_block(item, field.fields) for item in items if item is not None]
    if field.one or field.keyed:
        return blocks[0] if blocks else None
    return blocks or None


def _flat(raw: Any) -> list[Any]:
    return [inner for item in raw for inner in _flat(item)] if isinstance(raw, list) else [raw]


def _attribute(raw: Any, field: Field) -> Any:
    value = _unwrapped(raw)
    if field.one and isinstance(value, list):
        value = value[0] if value else None
    return _value(value)


def _unwrapped(raw: Any) -> Any:
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: _value(_unwrapped(inner)) for key, inner in value.items() if key not in INNER_LINES}
    if isinstance(value, list):
        return [UNKNOWN if inner is None else _value(inner) for inner in value]  # null: an item not known yet
    return value


def _text(text: str) -> Any:
    if text == AFTER_UNKNOWN:
        return UNKNOWN
    if match := _ATTRIBUTE.match(text):
        return _reference(match) or UNKNOWN
    filled = _INTERPOLATED.sub(lambda match: _reference(match) or match.group(0), text)
    rest = re.sub(r"\$\{urn:pulumi:[^}]*\}", "", filled)
    return UNKNOWN if _EXPRESSION.search(rest) else filled


def _reference(match: re.Match[str]) -> str | None:
    type_ = type_of_name(match.group(1))
    return str(Reference(_urn(type_, match.group(2)), camel(match.group(3)))) if type_ else None
