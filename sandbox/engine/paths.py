"""Property paths as Pulumi writes them: `root.nested`, `root.list[0]`, `root["key with.dots"]`, and `*` for any key
or index.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.engine.values import Props, Secret, Value

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]')
_PLAIN = re.compile(r"^[A-Za-z_$*][A-Za-z0-9_$-]*$")
_MISSING: Any = object()


def parse_path(text: str) -> Path:
    """Raises ValueError where the text is no property path."""
    path: list[str | int] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"not a property path: {text!r} at {text[position:]!r}")
        name, index, quoted = token.groups()
        if index is not None:
            path.append(int(index))
        elif quoted is not None:
            path.append(str(json.loads(f'"{quoted}"')))
        else:
            path.append(name if name is not None else "*")
        position = token.end()
    return tuple(path)


def format_path(path: Path) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.match(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part)}]"
    return text


def covers(outer: Path, inner: Path) -> bool:
    """Whether `inner` is `outer` or lies below it."""
    return len(outer) <= len(inner) and all(a in ("*", b) for a, b in zip(outer, inner, strict=False))


def get(value: Value, path: Path, default: Any = None) -> Value:
    for part in path:
        if isinstance(value, Secret):
            value = value.value
        if isinstance(value, Mapping) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return default
    return value


def keep_old(new: Props, old: Props, path: Path) -> Props:
    """`new` with what lies at `path` as it is in `old`: set, put back or taken away."""
    result = _keep(new, old, path)
    return result if isinstance(result, dict) else new


def _keep(new: Value, old: Value, path: Path) -> Value:
    if not path:
        return old
    if isinstance(new, Secret) and isinstance(old, Secret):
        return Secret(_keep(new.value, old.value, path))
    head, rest = path[0], path[1:]
    if isinstance(new, dict) and isinstance(old, dict):
        return _keep_in_object(new, old, head, rest)
    if isinstance(new, list) and isinstance(old, list):
        indexes = range(min(len(new), len(old))) if head == "*" else [head]
        result = list(new)
        for index in indexes:
            if isinstance(index, int) and index < min(len(new), len(old)):
                result[index] = _keep(new[index], old[index], rest)
        return result
    return new


def _keep_in_object(new: Props, old: Props, head: str | int, rest: Path) -> Props:
    result = dict(new)
    for key in new.keys() | old.keys() if head == "*" else [str(head)]:
        if key in new and key in old:
            result[key] = _keep(new[key], old[key], rest)
        elif key in old and not rest:
            result[key] = old[key]
        elif key in new and not rest:
            del result[key]
    return result
