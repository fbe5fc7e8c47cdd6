"""A guard: a property whose breaking a rule must notice. The mutation tests break each one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.facts import Facts


class Break(StrEnum):
    """A generic way to break a property."""

    REMOVE = "remove"
    FLIP = "flip"
    WIDEN = "widen"
    MOVE = "move"  # to a region that is not allowed


@dataclass(frozen=True)
class Guard:
    """What to break on resources of one type, one mutant for each way.

    `path` is a property path as in policies.reading, `breaks` are generic ways to break it and `values` particular
    wrong values. `drop` removes the whole resource. `add` adds a resource of this type with each of these inputs; a
    guard without a path only drops or adds. `when` restricts the guard to the stacks for which the break is wrong.
    """

    type: str
    path: str = ""
    breaks: tuple[Break, ...] = ()
    values: tuple[Any, ...] = ()
    drop: bool = False
    add: tuple[Mapping[str, Any], ...] = ()
    when: Callable[[Facts], bool] = lambda _: True
