"""Paths of properties as Pulumi writes them: `root.nested`, `root.list[0]`, `root["key with.dots"]`.

`*` stands for any key or index.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]')
_PLAIN = re.compile(r"^[A-Za-z_$*][A-Za-z0-9_$-]*$")


def parse_path(text: str) -> Path:
    """Returns the parts of a path.

    Raises:
        ValueError: the text is no property path.
    """
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
    """Returns the path as text; `parse_path` reads it back."""
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
    """Whether `inner` equals `outer` or lies below it."""
    return len(outer) <= len(inner) and all(a in ("*", b) for a, b in zip(outer, inner, strict=False))


def value_at(value: Any, path: Path, *, unwrap: Callable[[Any], Any] = lambda value: value) -> Any:
    """Returns the value at a path; None where there is none. `unwrap` opens what wraps a mapping or list, such as a
    secret.
    """
    for part in path:
        inside = unwrap(value)
        is_index = isinstance(inside, list) and isinstance(part, int) and part < len(inside)
        if not is_index and not (isinstance(inside, Mapping) and part in inside):
            return None
        value = inside[part]
    return value
