"""The reference of the spec, written from the models and rules themselves: `python -m stacks.spec.reference`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from stacks.spec.rules import PLATFORM_RULES, TENANT_RULES, Rule
from stacks.spec.tenant import PlatformSpec, TenantSpec

_INTRODUCTION = """\
# Reference of the spec

Written by `python -m stacks.spec.reference`; a test holds it equal to the models. A keep's spec stands under
`codekeep:tenant` of its `Pulumi.<stack>.yaml`, a shared platform's under `codekeep:platform`. `codekeep spec check`
names every problem, `codekeep spec schema [--platform]` prints the JSON Schema. Unknown keys are refused. YAML is read
as YAML 1.2: an account id needs quotes, `no` is text.
"""
_DOCUMENTS = (
    ("A keep: `codekeep:tenant`", TenantSpec, TENANT_RULES),
    ("A shared platform: `codekeep:platform`", PlatformSpec, PLATFORM_RULES),
)


def reference() -> str:
    """The whole page as Markdown."""
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
    choices = [option for option in field.get("anyOf", []) if option.get("type") != "null"]
    if choices:
        return _allowed(choices[0])
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", maxsplit=1)[1]
    if "const" in field or "enum" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    return _KINDS[field["type"]](field)


def _list(field: dict[str, Any]) -> str:
    return f"list of {field.get('minItems', 0)} to {field['maxItems']}: {_allowed(field['items'])}"


def _mapping(field: dict[str, Any]) -> str:
    values = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()))
    keys = field.get("propertyNames")
    named = f"{_allowed({'type': 'string', **keys})}, each with " if keys else ""
    return f"mapping of up to {field['maxProperties']}: {named}{_allowed(values)}"


def _number(field: dict[str, Any]) -> str:
    return f"{'number' if field['type'] == 'number' else 'whole number'} from {field['minimum']} to {field['maximum']}"


def _text(field: dict[str, Any]) -> str:
    return str(field["description"]) if "x-remedy" in field else f"text of up to {field['maxLength']} characters"


_KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "array": _list,
    "object": _mapping,
    "integer": _number,
    "number": _number,
    "string": _text,
    "boolean": lambda _: "true or false",
}


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
    print(reference(), end="")
