"""What containers run and the documents they read: commands, arguments, variables, ConfigMaps."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from policies.graph import Node
from policies.graph.values import walk
from policies.reading import Found, read
from policies.rule import Finding, Rule, examine
from policies.rules.kubernetes._pods import Container
from policies.yaml_text import parsed

Word = tuple[str, str]
"""The path of a text, and the text."""


def words(container: Container) -> list[Word]:
    """The known words of command and args; a script is one word."""
    return [(found.path, found.value) for found in _command(container) if isinstance(found.value, str)]


def variables(container: Container) -> dict[str, tuple[str, Any]]:
    """Environment variables that have a value, by name, each with its path."""
    return {
        str(each.value["name"]): (f"{each.path}.value", each.value["value"])
        for each in _environment(container)
        if isinstance(each.value, Mapping) and each.value.get("value") is not None and "name" in each.value
    }


def unreadable(rule: Rule, container: Container) -> Iterator[Finding]:
    """Undecided for each word of command and args, and each variable, that is not known: it may say anything."""
    return _undecided(rule, container.node, [*_command(container), *_environment(container)])


def unreadable_texts(rule: Rule, config_map: Node) -> Iterator[Finding]:
    """Undecided for each text of a ConfigMap that is not known."""
    data = config_map.inputs.get("data")
    texts = [Found(f"data.{key}", text) for key, text in data.items()] if isinstance(data, Mapping) else None
    return _undecided(rule, config_map, [Found("data", data)] if texts is None else texts)


def option(command: list[Word], name: str) -> Word | None:
    """The value of `--name value` or `--name=value`, dashes and underscores alike."""
    for index, (path, word) in enumerate(command):
        flag, equals, value = word.partition("=")
        if flag.replace("_", "-") == name:
            if equals:
                return path, value
            if index + 1 < len(command):
                return command[index + 1]
    return None


def mappings(config_map: Node) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping in the JSON and YAML documents of a ConfigMap, with its path."""
    data = config_map.inputs.get("data")
    for key, text in data.items() if isinstance(data, Mapping) else ():
        if isinstance(text, str):
            yield from mappings_in(_parsed(str(key), text), f"data.{key}")


def mappings_in(document: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((at, value) for at, value in walk(document, path) if isinstance(value, Mapping))


def _command(container: Container) -> list[Found]:
    paths = (f"{container.path}.{field}[*]" for field in ("command", "args"))
    return [found for path in paths for found in read(container.node.inputs, path)]


def _environment(container: Container) -> list[Found]:
    return list(read(container.node.inputs, f"{container.path}.env[*]"))


def _undecided(rule: Rule, node: Node, texts: list[Found]) -> Iterator[Finding]:
    for text in texts:
        examine(node, text)
        if not text.known:
            yield rule.undecided(node, text.path)


def _parsed(name: str, text: str) -> Any:
    """The document, or None where the text is none: a ConfigMap may contain any file."""
    try:
        if name.endswith(".json") or text.lstrip().startswith("{"):
            return json.loads(text)
        return parsed(text) if name.endswith((".yaml", ".yml")) else None
    except (ValueError, yaml.YAMLError):
        return None
