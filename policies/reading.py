"""Reading a property by its path, with what is missing and what is not known yet kept apart.

read(node.inputs, "vpcConfig.subnetIds[*]")     each value with the path it stands at
read(node.inputs, "policy|Statement[*].Action") `|` steps into JSON text
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from policies.graph import SECRET, UNKNOWN


class Missing:
    """What `read` gives where the property is not set."""

    def __repr__(self) -> str:
        return "not set"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

_STEP = re.compile(r"\|?([^.\[\]|]+)|\[(\*|\d+)\]|(\|)")


@dataclass(frozen=True)
class Found:
    """One value and where it stands. UNKNOWN and SECRET stand for values that cannot be read."""

    path: str
    value: Any

    @property
    def known(self) -> bool:
        return self.value is not UNKNOWN and self.value is not SECRET


def read(props: Any, path: str) -> Iterator[Found]:
    """Every value at the path. A missing step gives one MISSING, an unknown step one UNKNOWN."""
    yield from _walk(props, _steps(path), "")


def first(props: Any, path: str) -> Any:
    """The value at a path without `[*]`: the value, MISSING, UNKNOWN or SECRET."""
    return next(read(props, path)).value


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    steps: list[str] = []
    position = 0
    while position < len(path):
        if path[position] == ".":
            position += 1
        elif path[position] == "|":
            steps.append("|")
            position += 1
        elif match := _STEP.match(path, position):
            steps.append(match.group(1) or f"[{match.group(2)}]")
            position = match.end()
        else:
            raise ValueError(f"no property path: {path!r} at {position}")
    return tuple(steps)


def _walk(value: Any, steps: Sequence[str], at: str) -> Iterator[Found]:
    if not steps or value is UNKNOWN or value is SECRET:
        yield Found(at, value)
        return
    step, rest = steps[0], steps[1:]
    if step == "|":
        yield from _walk(_parsed(value), rest, f"{at}|")
    elif step == "[*]":
        yield from _each(value, rest, at)
    elif step.startswith("["):
        index = int(step[1:-1])
        inside = value[index] if isinstance(value, (list, tuple)) and index < len(value) else MISSING
        yield from _descend(inside, rest, f"{at}{step}")
    else:
        inside = value.get(step, MISSING) if isinstance(value, Mapping) else MISSING
        dot = "" if not at or at.endswith("|") else "."
        yield from _descend(inside, rest, f"{at}{dot}{step}")


def _descend(value: Any, steps: Sequence[str], at: str) -> Iterator[Found]:
    if value is MISSING or value is None:
        yield Found(at, MISSING)
    else:
        yield from _walk(value, steps, at)


def _each(value: Any, steps: Sequence[str], at: str) -> Iterator[Found]:
    """Items of a list; a lone value counts as a list of one, as IAM has it, and keeps its own path."""
    if not isinstance(value, (list, tuple)):
        yield from _descend(value, steps, at)
    else:
        for index, item in enumerate(value):
            yield from _descend(item, steps, f"{at}[{index}]")


def _parsed(value: Any) -> Any:
    if isinstance(value, (Mapping, list)):
        return value
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return MISSING
