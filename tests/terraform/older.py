"""older.toml: what a provider of an earlier release does not know yet, taken out of a configuration."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("older.toml")


@dataclass(frozen=True, kw_only=True)
class Newer:
    """A type, argument or value that the older provider lacks. `path` is `type`, `type.argument` or
    `type.block.argument`, and `*.argument` an argument of every type.

    Without `instead` and `value`, what the path names is left out. `value`: only where it has this value; in a list of
    blocks, the block that has it. `instead`: the value to judge in its place.
    """

    path: str
    value: str | None = None
    instead: str | None = None


def newer_than(path: Path = TABLE) -> list[Newer]:
    return [Newer(**row) for row in tomllib.loads(path.read_text())["newer"]]


def without(document: Mapping[str, Any], newer: Sequence[Newer]) -> dict[str, int]:
    """Changes the configuration in place; how often each entry was met."""
    resources = document["resource"]
    counts = {each.path: 0 for each in newer}
    for each in newer:
        type_, *names = each.path.split(".")
        for found in [type_] if type_ != "*" else list(resources):
            if not names:
                counts[each.path] += len(resources.pop(found, {}))
                continue
            for arguments in resources.get(found, {}).values():
                counts[each.path] += _change(arguments, names, each)
    return counts


def _change(block: dict[str, Any], names: Sequence[str], newer: Newer) -> int:
    *outer, last = names
    if outer:
        return sum(_change(inner, names[1:], newer) for inner in _blocks(block, outer[0], last, newer))
    if last not in block or (newer.value is not None and block[last] != newer.value):
        return 0
    if newer.instead is None:
        del block[last]
    else:
        block[last] = newer.instead
    return 1


def _blocks(block: dict[str, Any], name: str, last: str, newer: Newer) -> Iterator[dict[str, Any]]:
    """The blocks of that name. A block that has a value to leave out leaves its list."""
    inner = block.get(name)
    if not isinstance(inner, list):
        return iter([inner] if isinstance(inner, dict) else [])
    found = list(inner)
    if newer.value is not None and newer.instead is None:
        block[name] = [each for each in inner if each.get(last) != newer.value]
    return iter(found)
