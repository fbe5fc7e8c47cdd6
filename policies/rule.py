"""One rule of the catalogue, and what judging a resource by it yields."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from policies.facts import Facts
from policies.graph import Node, ResourceGraph, Source
from policies.reading import MISSING, Found, read
from policies.requirement import Requirement

__all__ = [
    "ANY_RESOURCE",
    "Case",
    "Family",
    "Finding",
    "Requirement",
    "Rule",
    "Scope",
    "Severity",
    "Verdict",
    "judge_all",
]

ANY_RESOURCE = "*"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Family(StrEnum):
    REGION_LOCK = "region-lock"
    LOGGING = "logging"
    ENCRYPTION = "encryption"
    NETWORK = "network"
    IDENTITY = "identity"
    TENANCY = "tenancy"
    SUPPLY = "supply"
    DATA_LIFE = "data-life"
    KUBERNETES = "kubernetes"
    COST = "cost"


class Verdict(StrEnum):
    VIOLATION = "violation"
    UNDECIDED = "undecided"  # the value is not known yet, or not shown: never a pass


class Scope(StrEnum):
    RESOURCE = "resource"  # decides from one resource alone: stops it before it is created
    STACK = "stack"  # needs the whole graph


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of one property of one resource."""

    rule: str
    verdict: Verdict
    severity: Severity
    urn: str
    property: str
    message: str
    source: Source | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a rule may look at besides the resource: the tenant's facts, and all resources."""

    facts: Facts
    graph: ResourceGraph


Check = Callable[[Node, Case], Iterable[Finding]]

_examined: ContextVar[list[tuple[Node, Found]] | None] = ContextVar("_examined", default=None)
"""Collects the values that a check judges while `Rule.evidence` runs it."""


@dataclass(kw_only=True)
class Rule:
    """Metadata beside the check. `RULE = Rule(...)`, then `@RULE.check` over a generator of findings."""

    id: str
    title: str
    severity: Severity
    family: Family
    applies_to: tuple[str, ...]
    requirement: Requirement
    why: str
    remedy: str
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope: Scope = Scope.RESOURCE
    _check: Check | None = None

    def check(self, function: Check) -> Check:
        """Registers the check."""
        if self._check is not None:
            raise ValueError(f"rule {self.id} has two checks")
        self._check = function
        return function

    def judge(self, node: Node, case: Case) -> Iterator[Finding]:
        """Findings on one resource; none where the rule does not apply or all is well."""
        if self._check is None:
            raise ValueError(f"rule {self.id} has no check")
        if self.applies(node):
            yield from self._check(node, case)

    def evidence(self, node: Node, case: Case) -> Found | None:
        """The first value of this resource that the check judges, one that is set before one that is not.

        None where the check judges the resource as a whole, or by others.
        """
        examined: list[tuple[Node, Found]] = []
        token = _examined.set(examined)
        try:
            for _ in self.judge(node, case):
                pass
        finally:
            _examined.reset(token)
        own = [found for owner, found in examined if owner is node]
        return next((found for found in own if found.value is not MISSING), own[0] if own else None)

    def applies(self, node: Node) -> bool:
        return node.type in self.applies_to or (ANY_RESOURCE in self.applies_to and node.custom)

    def violation(self, node: Node, path: str, message: str) -> Finding:
        """`message` says what is wrong and what is allowed; name and remedy are added."""
        return self._finding(Verdict.VIOLATION, node, path, f"{message}; {self.remedy}")

    def undecided(self, node: Node, path: str, reason: str = "its value is not known yet") -> Finding:
        return self._finding(Verdict.UNDECIDED, node, path, f"cannot be decided: {reason}")

    def each(self, node: Node, path: str, judge: Callable[[Found], Iterable[Finding]]) -> Iterator[Finding]:
        """What `judge` says of every value that is set at the path; an unknown one is undecided."""
        for found in read(node.inputs, path):
            yield from self.decide(node, found, judge)

    def decide(self, node: Node, found: Found, judge: Callable[[Found], Iterable[Finding]]) -> Iterator[Finding]:
        """What `judge` says of one value, if it is set; undecided if it is not known."""
        examine(node, found)
        if not found.known:
            yield self.undecided(node, found.path)
        elif found.value is not MISSING:
            yield from judge(found)

    def require(
        self, node: Node, path: str, holds: Callable[[Any], bool], message: str, *, optional: bool = False
    ) -> Iterator[Finding]:
        """Every value at the path must satisfy `holds`; unknown is undecided, missing a violation unless optional."""
        for found in read(node.inputs, path):
            examine(node, found)
            if not found.known:
                yield self.undecided(node, found.path)
            elif found.value is MISSING:
                if not optional:
                    yield self.violation(node, found.path, f"not set: {message}")
            elif not holds(found.value):
                yield self.violation(node, found.path, f"got {_shown(found.value)}: {message}")

    def _finding(self, verdict: Verdict, node: Node, path: str, message: str) -> Finding:
        return Finding(
            rule=self.id,
            verdict=verdict,
            severity=self.severity,
            urn=node.urn,
            property=path,
            message=f"{node.type.rsplit(':', 1)[-1]} {node.name}: {path or 'the resource'} {message}",
            source=node.source,
        )


def examine(node: Node, found: Found) -> None:
    """Notes that a check judges this value, for `Rule.evidence`."""
    if (examined := _examined.get()) is not None:
        examined.append((node, found))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def judge_all(rules: Sequence[Rule], case: Case, *, nodes: Iterable[Node] | None = None) -> list[Finding]:
    """Findings of all rules on all nodes, in the graph's order."""
    by_type: dict[str, list[Rule]] = {}
    anywhere = [rule for rule in rules if ANY_RESOURCE in rule.applies_to]
    for rule in rules:
        if rule not in anywhere:
            for token in rule.applies_to:
                by_type.setdefault(token, []).append(rule)
    return [
        finding
        for node in (case.graph if nodes is None else nodes)
        for rule in [*by_type.get(node.type, ()), *anywhere]
        for finding in _judged(rule, node, case)
    ]


def _judged(rule: Rule, node: Node, case: Case) -> Iterator[Finding]:
    """A rule that breaks on a resource has not judged it: that is told, and the others go on."""
    try:
        yield from rule.judge(node, case)
    except Exception as fault:
        yield rule.undecided(node, "", f"the rule failed on it, report this: {type(fault).__name__}: {fault}")
