"""The rules of a role: what may be done with which objects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Finding, Rule
from policies.rules.kubernetes._objects import CLUSTER_ROLE, ROLE, known

ROLES = (ROLE, CLUSTER_ROLE)


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


def grants(rule: Rule, node: Node) -> Iterator[Grant | Finding]:
    """Every rule of a role; what is not known is undecided."""
    for found in read(node.inputs, "rules[*]"):
        if not found.known:
            yield rule.undecided(node, found.path)
        elif found.value is not MISSING:
            lists = [
                found.value.get(key) for key in ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
            ]
            if any(_hidden(each) for each in lists):
                yield rule.undecided(node, found.path)
            else:
                verbs, groups, resources, names, urls = map(_texts, lists)
                yield Grant(path=found.path, verbs=verbs, groups=groups, resources=resources, names=names, urls=urls)


def _hidden(value: Any) -> bool:
    return not known(value) or (isinstance(value, list) and not all(known(each) for each in value))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()
