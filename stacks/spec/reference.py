"""Writes docs/reference/spec.md from the models and rules: `python -m stacks.spec.reference`."""

import json
from collections.abc import Iterator
from typing import Any

from stacks.spec.rules import PLATFORM_RULES, TENANT_RULES, Rule
from stacks.spec.schema import Field
from stacks.spec.tenant import PlatformSpec, TenantSpec

_INTRODUCTION = """\
# Reference of the spec

Written by `python -m stacks.spec.reference`; a test compares it with the models. A keep's spec is under
`codekeep:tenant` of its `Pulumi.<stack>.yaml`, a shared platform's under `codekeep:platform`. `codekeep spec check`
reports every problem, `codekeep spec schema [--platform]` prints the JSON Schema. Unknown keys are refused. YAML is
read as YAML 1.2: an account id needs quotes, `no` is text.
"""
_DOCUMENTS = (
    ("A keep: `codekeep:tenant`", TenantSpec, TENANT_RULES),
    ("A shared platform: `codekeep:platform`", PlatformSpec, PLATFORM_RULES),
)


def reference_page() -> str:
    """The page as Markdown."""
    parts = [_INTRODUCTION]
    described: set[str] = set()
    for title, model, rules in _DOCUMENTS:
        schema = model.model_json_schema()
        parts += [f"## {title}\n", *_model(model.__name__, schema, schema["$defs"], described)]
        parts += ["### Rules between fields\n", "\n".join(_rules(rules)) + "\n"]
    return "\n".join(parts)


def _model(name: str, schema: dict[str, Any], definitions: dict[str, Any], described: set[str]) -> Iterator[str]:
    described.add(name)
    yield f"### {name}\n\n{schema.get('description', '')}\n"
    yield "| key | allowed | default | meaning |\n|---|---|---|---|"
    required = schema.get("required", [])
    for key, field in schema["properties"].items():
        default = "required" if key in required else _default(field)
        yield f"| `{key}` | {_cell(_allowed(field))} | {_cell(default)} | {_cell(_meaning(field))} |"
    yield ""
    for inner in _references(schema["properties"]):
        if inner not in described:
            yield from _model(inner, definitions[inner], definitions, described)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", maxsplit=1)[1]
        for item in node.values():
            yield from _references(item)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _allowed(field: dict[str, Any]) -> str:
    field = next(option for option in field.get("anyOf", [field]) if option.get("type") != "null")
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", maxsplit=1)[1]
    place = Field(field, {})
    if place.choices:
        return ", ".join(f"`{value}`" for value in place.choices)
    if field["type"] == "array":
        return f"list of {field.get('minItems', 0)} to {field['maxItems']}: {_allowed(field['items'])}"
    if field["type"] == "object":
        values = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()))
        keys = f"{_allowed(dict(place.key.node))}, each with " if "propertyNames" in field else ""
        return f"mapping of up to {field['maxProperties']}: {keys}{_allowed(values)}"
    if field["type"] == "string" and place.remedy is None:
        return f"text of up to {field['maxLength']} characters"
    return place.allowed


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, dict):
        return "its own defaults"
    return f"`{json.dumps(value)}`"


def _meaning(field: dict[str, Any]) -> str:
    return "" if "x-remedy" in field else str(field.get("description", ""))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _rules(rules: tuple[Rule, ...]) -> Iterator[str]:
    for rule in rules:
        yield f"- {' '.join((rule.__doc__ or '').split())}"


if __name__ == "__main__":
    print(reference_page(), end="")
