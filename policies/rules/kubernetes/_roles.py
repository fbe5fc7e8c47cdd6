"""The rules of a role: what may be done with which objects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Rule
from policies.rules.kubernetes._objects import known

LISTS = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One rule of a role; `path` leads to it."""

    node: Node
    path: str
    verbs: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...]
    urls: tuple[str, ...]

    def allows(self, verbs: frozenset[str], resources: frozenset[str]) -> bool:
        """Whether one of the verbs is allowed on one of the resources, by name or by wildcard."""
        return bool(({"*"} | verbs) & set(self.verbs)) and bool(({"*"} | resources) & set(self.resources))


GrantCheck = Callable[[Grant], Iterable[Finding]]


def check_grants(rule: Rule) -> Callable[[GrantCheck], GrantCheck]:
    """Registers a check of every rule of a role; one that is not known is undecided."""

    def register(judge: GrantCheck) -> GrantCheck:
        def check(node: Node, _: Case) -> Iterator[Finding]:
            return rule.each(node, "rules[*]", lambda found: _judged(rule, node, found, judge))

        rule.check(check)
        return judge

    return register


def _judged(rule: Rule, node: Node, found: Found, judge: GrantCheck) -> Iterable[Finding]:
    lists = [found.value.get(key) for key in LISTS]
    if any(_hidden(each) for each in lists):
        return [rule.undecided(node, found.path)]
    verbs, groups, resources, names, urls = map(_texts, lists)
    return judge(
        Grant(node=node, path=found.path, verbs=verbs, groups=groups, resources=resources, names=names, urls=urls)
    )


def _hidden(value: Any) -> bool:
    return not known(value) or (isinstance(value, list) and not all(map(known, value)))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()
