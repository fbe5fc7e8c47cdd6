"""What the rules about keys share: which types keep data at rest, and when a key is the customer's own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Finding, Rule, examine

FRAMEWORKS = {"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.8.24",)}
MANAGED_ALIAS = "alias/aws/"


@dataclass(frozen=True, kw_only=True)
class AtRest:
    """How a type says that it encrypts: `switch` is True (or the text `on`), and `key` names the key.

    `switch` is None where the service always encrypts, `key` where it takes none of the customer's.
    """

    key: str | None = None
    switch: str | None = None
    on: Any = True


def is_on(value: Any) -> bool:
    """True, or the text that launch templates write for it."""
    return value is True or value == "true"


def found_at(node: Node, path: str) -> list[Found]:
    """The values at the path; MISSING where the list on the way is empty, which `read` would leave out."""
    return list(read(node.inputs, path)) or [Found(path.partition("[*]")[0], MISSING)]


def customer_key(rule: Rule, node: Node, path: str) -> Iterator[Finding]:
    """The key must be named, and be none that AWS manages for the account."""
    for found in found_at(node, path):
        examine(node, found)
        if not found.known:
            yield rule.undecided(node, found.path)
        elif found.value is MISSING or found.value == "":
            yield rule.violation(node, found.path, "names no key, so one of AWS's is used: must be the keep's own key")
        elif MANAGED_ALIAS in str(found.value):
            yield rule.violation(
                node, found.path, f"got {found.value!r}, which AWS manages: must be the keep's own key"
            )


def encrypted(rule: Rule, node: Node, types: Mapping[str, AtRest]) -> Iterator[Finding]:
    """The type's switch must be on and its key the customer's own."""
    how = types[node.type]
    if how.switch is not None:
        yield from switched(rule, node, how.switch, lambda value: _matches(value, how.on), f"must be {how.on!r}")
    if how.key is not None:
        yield from customer_key(rule, node, how.key)


def switched(rule: Rule, node: Node, path: str, holds: Callable[[Any], bool], message: str) -> Iterator[Finding]:
    """Like `Rule.require`, and an empty list on the way counts as not set."""
    if next(read(node.inputs, path), None) is None:
        yield rule.violation(node, path.partition("[*]")[0], f"not set: {message}")
    else:
        yield from rule.require(node, path, holds, message)


def _matches(value: Any, on: Any) -> bool:
    return is_on(value) if on is True else value == on
