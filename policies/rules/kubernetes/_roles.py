"""The rules of a role: what may be done with which objects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import Found
from policies.rule import Finding, Rule
from policies.rules.kubernetes._objects import CLUSTER_ROLE, ROLE, known

ROLES = (ROLE, CLUSTER_ROLE)
LISTS = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One rule of a role; `path` leads to it."""

    path: str
    verbs: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...]
    urls: tuple[str, ...]

    def allows(self, verbs: frozenset[str], resources: frozenset[str]) -> bool:
        """Whether one of the verbs is allowed on one of the resources, by name or by wildcard."""
        return bool(({"*"} | verbs) & set(self.verbs)) and bool(({"*"} | resources) & set(self.resources))


def each_grant(rule: Rule, node: Node, judge: Callable[[Grant], Iterable[Finding]]) -> Iterator[Finding]:
    """What `judge` says of every rule of a role; one that is not known is undecided."""

    def granted(found: Found) -> Iterator[Finding]:
        lists = [found.value.get(key) for key in LISTS]
        if any(_hidden(each) for each in lists):
            yield rule.undecided(node, found.path)
        else:
            verbs, groups, resources, names, urls = map(_texts, lists)
            yield from judge(
                Grant(path=found.path, verbs=verbs, groups=groups, resources=resources, names=names, urls=urls)
            )

    yield from rule.each(node, "rules[*]", granted)


def _hidden(value: Any) -> bool:
    return not known(value) or (isinstance(value, list) and not all(known(each) for each in value))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()
