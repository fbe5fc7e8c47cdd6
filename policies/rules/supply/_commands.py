"""What containers are told to run, and the documents they read: commands, arguments, variables, ConfigMaps."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from policies.graph import Node
from policies.reading import Found, read
from policies.rule import Finding, Rule
from policies.rules.kubernetes._pods import Container
from policies.yaml_text import parsed

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def words(container: Container) -> list[tuple[str, str]]:
    """The words of command and args that are known, each with its place; scripts are words too."""
    node = container.pod.node
    return [
        (found.path, found.value)
        for field in ("command", "args")
        for found in read(node.inputs, f"{container.path}.{field}[*]")
        if isinstance(found.value, str)
    ]


def variables(container: Container) -> dict[str, tuple[str, Any]]:
    """Environment variables that have a value, by name, each with its place."""
    found = read(container.pod.node.inputs, f"{container.path}.env[*]")
    return {
        str(each.value["name"]): (f"{each.path}.value", each.value["value"])
        for each in found
        if isinstance(each.value, Mapping) and each.value.get("value") is not None and "name" in each.value
    }


def unreadable(rule: Rule, container: Container) -> Iterator[Finding]:
    """Words of command and args that are not known: they may say anything."""
    node = container.pod.node
    for field in ("command", "args"):
        for found in read(node.inputs, f"{container.path}.{field}[*]"):
            if not found.known:
                yield rule.undecided(node, found.path)


def unreadable_texts(rule: Rule, config_map: Node) -> Iterator[Finding]:
    """Texts of a ConfigMap that are not known."""
    data = Found("data", config_map.inputs.get("data"))
    texts = [data] if not isinstance(data.value, Mapping) else [Found(f"data.{k}", v) for k, v in data.value.items()]
    for text in texts:
        if not text.known:
            yield rule.undecided(config_map, text.path)


def option(told: list[tuple[str, str]], name: str) -> tuple[str, str] | None:
    """The value of `--name value` or `--name=value`, dashes and underscores alike."""
    for index, (path, word) in enumerate(told):
        flag, equals, value = word.partition("=")
        if flag.replace("_", "-") == name:
            if equals:
                return path, value
            if index + 1 < len(told):
                return told[index + 1]
    return None


def documents(node: Node) -> Iterator[tuple[str, Any]]:
    """The JSON and YAML documents of a ConfigMap, each with the place of its text."""
    data = node.inputs.get("data")
    for key, text in data.items() if isinstance(data, Mapping) else ():
        if isinstance(text, str):
            parsed = _parsed(str(key), text)
            if isinstance(parsed, (Mapping, list)):
                yield f"data.{key}", parsed


def _parsed(name: str, text: str) -> Any:
    """The document, or None where the text is none: a ConfigMap may hold any file."""
    try:
        if name.endswith(".json") or text.lstrip().startswith("{"):
            return json.loads(text)
        return parsed(text) if name.endswith((".yaml", ".yml")) else None
    except (ValueError, yaml.YAMLError):
        return None


def mappings(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping inside a document, with its place."""
    if isinstance(value, Mapping):
        yield path, value
        for key, inner in value.items():
            yield from mappings(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from mappings(inner, f"{path}[{index}]")
