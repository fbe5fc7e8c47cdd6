"""Conditions on a property's value, each with the words that tell a reader what is allowed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan
from typing import Any, TypeGuard

from policies.graph.values import Marker


@dataclass(frozen=True)
class Condition:
    """`allowed` completes the message of a violation: "got False: must be true".

    `holds` gives None where the verdict depends on a part of the value that is unknown.
    """

    holds: Callable[[Any], bool | None]
    allowed: str

    def because(self, reason: str) -> "Condition":
        """The same condition, with a reason in its message."""
        return Condition(self.holds, f"{self.allowed}: {reason}")


@dataclass(frozen=True)
class Expectation:
    """A condition on the values at a property path. `optional`: the service's default satisfies it."""

    path: str
    condition: Condition
    optional: bool = False


TRUE = Condition(lambda value: value is True, "must be true")
FALSE = Condition(lambda value: value is False, "must be false")
ON = Condition(lambda value: value is True or value == "true", "must be true")
"""True, also as the text that launch templates take."""

OFF = Condition(lambda value: value in (False, "false"), "must be false")
SET = Condition(lambda _: True, "must be set")
UNSET = Condition(lambda _: False, "must not be set")


def equals(allowed: object) -> Condition:
    return Condition(lambda value: value == allowed, f"must be {_listed((allowed,))}")


def one_of(*allowed: object) -> Condition:
    return Condition(lambda value: value in allowed, f"must be {_listed(allowed)}")


def none_of(*refused: object) -> Condition:
    return Condition(lambda value: value not in refused, f"must not be {_listed(refused)}")


def contains(*required: object) -> Condition:
    """A list of these, and maybe others."""
    text = f"must contain {', '.join(map(str, required))}"
    return _of_items(lambda items: all(each in items for each in required), text, unknown_may_add=True)


def contains_one_of(*required: object) -> Condition:
    text = f"must contain {_listed(required)}"
    return _of_items(lambda items: any(each in items for each in required), text, unknown_may_add=True)


def contains_none_of(*refused: object) -> Condition:
    text = f"must not contain {_listed(refused)}"
    return _of_items(lambda items: not any(each in items for each in refused), text, unknown_may_add=False)


def contains_only(*allowed: object) -> Condition:
    """A list of some of these."""
    text = f"may contain only {', '.join(map(str, allowed))}"
    return _of_items(lambda items: all(each in allowed for each in items), text, unknown_may_add=False)


def names(what: str) -> Condition:
    """Any value that is not empty."""
    return Condition(bool, f"must name {what}")


def matches(pattern: re.Pattern[str], allowed: str) -> Condition:
    """A text, or the text of a value, that begins with the pattern."""
    return Condition(lambda value: pattern.match(str(value)) is not None, allowed)


def between(least: float, most: float = inf, unit: str = "", *, text: bool = False) -> Condition:
    """A number within bounds; `text` accepts one that is written as text."""
    end = f" {unit}" if unit else ""
    allowed = f"{least}{end} or more" if most == inf else f"{least} to {most}{end}"
    return Condition(lambda value: (text or is_number(value)) and least <= number(value) <= most, f"must be {allowed}")


def number(value: Any) -> float:
    """A number, also one that is written as text; NaN, which compares false with every bound, for anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return nan


def is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float))


def _of_items(judge: Callable[[list[Any]], bool], allowed: str, *, unknown_may_add: bool) -> Condition:
    """A condition on a list. An unknown item may add what is missing, or else may be one that is not allowed."""

    def holds(value: Any) -> bool | None:
        if not isinstance(value, (list, tuple)):
            return False
        known = [item for item in value if not isinstance(item, Marker)]
        verdict = judge(known)
        return verdict if len(known) == len(value) or verdict is unknown_may_add else None

    return Condition(holds, allowed)


def _listed(values: tuple[object, ...]) -> str:
    return " or ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
