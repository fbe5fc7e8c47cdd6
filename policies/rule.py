"""A rule of the catalogue, and the findings that judging a resource by it yields."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from policies.conditions import Condition, Expectation
from policies.facts import Facts
from policies.graph import Node, ResourceGraph, Source
from policies.reading import MISSING, Found, read
from policies.requirement import Requirement

__all__ = ["Requirement"]  # rules import it from here; what is defined here is exported anyway

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
    UNDECIDED = "undecided"  # the value is unknown or secret: never a pass


class Scope(StrEnum):
    RESOURCE = "resource"  # one resource and its provider are enough: stops the resource before it is created
    STACK = "stack"  # needs the complete graph


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violation, or what could not be decided, at one property of one resource."""

    rule: str
    verdict: Verdict
    severity: Severity
    urn: str
    property: str
    message: str
    source: Source | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a check may read besides the resource: the facts about the tenant, and the other resources."""

    facts: Facts
    graph: ResourceGraph


Check = Callable[[Node, Case], Iterable[Finding]]

_examined: ContextVar[list[tuple[Node, Found]] | None] = ContextVar("_examined", default=None)
"""Collects the values that a rule judges while `Rule.evidence` runs it."""


@dataclass(kw_only=True)
class Rule:
    """Metadata, and beside it what the rule demands: conditions on properties by type, a check, or both.

    Write `RULE = network_rule(...)`; where conditions are not enough, `@RULE.check` over a generator of findings.
    `applies_to` defaults to the types that `expects` names. A resource that is `exempt` complies as it is.
    """

    id: str
    title: str
    severity: Severity
    family: Family
    requirement: Requirement
    why: str
    remedy: str
    applies_to: tuple[str, ...] = ()
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope: Scope = Scope.RESOURCE
    expects: Mapping[str, Sequence[Expectation]] = field(default_factory=dict)
    exempt: Callable[[Node, Case], bool] = lambda *_: False
    _check: Check | None = None

    def __post_init__(self) -> None:
        self.applies_to = self.applies_to or tuple(self.expects)

    def check(self, function: Check) -> Check:
        """Registers the check.

        Raises:
            ValueError: the rule has one already.
        """
        if self._check is not None:
            raise ValueError(f"rule {self.id} has two checks")
        self._check = function
        return function

    def judge(self, node: Node, case: Case) -> Iterator[Finding]:
        """Findings on one resource; none where the rule does not apply or the resource complies.

        Raises:
            ValueError: the rule has neither expectations nor a check.
        """
        if self._check is None and not self.expects:
            raise ValueError(f"rule {self.id} has no check")
        if self.applies(node) and not self.exempt(node, case):
            for each in self.expects.get(node.type, ()):
                yield from self.require(node, each.path, each.condition, optional=each.optional)
            if self._check is not None:
                yield from self._check(node, case)

    def evidence(self, node: Node, case: Case) -> Found | None:
        """The first value of this resource that the rule judges; one that is set comes before one that is not.

        None where the rule judges that the resource exists, or judges it by other resources.
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
        """`message` says what is wrong and what is allowed; resource, property and remedy are added."""
        return self._finding(Verdict.VIOLATION, node, path, f"{message}; {self.remedy}")

    def undecided(self, node: Node, path: str, reason: str = "its value is not known yet") -> Finding:
        return self._finding(Verdict.UNDECIDED, node, path, f"cannot be decided: {reason}")

    def require(self, node: Node, path: str, condition: Condition, *, optional: bool = False) -> Iterator[Finding]:
        """Every value at the path must satisfy the condition; a missing one is a violation unless optional."""
        for found in read(node.inputs, path):
            yield from self.expect(node, found, condition, optional=optional)

    def expect(self, node: Node, found: Found, condition: Condition, *, optional: bool = False) -> Iterator[Finding]:
        """The value must satisfy the condition; undecided where that depends on what is unknown."""
        examine(node, found)
        if not found.known:
            yield self.undecided(node, found.path)
        elif found.value is MISSING:
            if not optional:
                yield self.violation(node, found.path, f"not set: {condition.allowed}")
        elif (holds := condition.holds(found.value)) is None:
            yield self.undecided(node, found.path, "a part of its value is not known yet")
        elif not holds:
            yield self.violation(node, found.path, f"got {shortened(repr(found.value))}: {condition.allowed}")

    def each(self, node: Node, path: str, judge: Callable[[Found], Iterable[Finding]]) -> Iterator[Finding]:
        """What `judge` finds in every value that is set at the path; an unknown one is undecided."""
        for found in read(node.inputs, path):
            yield from self.decide(node, found, judge)

    def decide(self, node: Node, found: Found, judge: Callable[[Found], Iterable[Finding]]) -> Iterator[Finding]:
        """What `judge` finds in the value, if it is set; undecided if it is unknown."""
        examine(node, found)
        if not found.known:
            yield self.undecided(node, found.path)
        elif found.value is not MISSING:
            yield from judge(found)

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


region_rule = partial(Rule, family=Family.REGION_LOCK)
logging_rule = partial(Rule, family=Family.LOGGING)
encryption_rule = partial(Rule, family=Family.ENCRYPTION)
network_rule = partial(Rule, family=Family.NETWORK)
identity_rule = partial(Rule, family=Family.IDENTITY)
tenancy_rule = partial(Rule, family=Family.TENANCY)
supply_rule = partial(Rule, family=Family.SUPPLY)
data_life_rule = partial(Rule, family=Family.DATA_LIFE)
kubernetes_rule = partial(Rule, family=Family.KUBERNETES)
cost_rule = partial(Rule, family=Family.COST)


def examine(node: Node, found: Found) -> None:
    """Records for `Rule.evidence` that a rule judges this value."""
    if (examined := _examined.get()) is not None:
        examined.append((node, found))


def shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def judge_all(rules: Sequence[Rule], case: Case, *, nodes: Iterable[Node] | None = None) -> list[Finding]:
    """Findings of all rules on all nodes, or on those given, in their order."""
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
    """A rule that fails on a resource has not judged it: that becomes a finding, and the other rules go on."""
    try:
        yield from rule.judge(node, case)
    except Exception as fault:
        yield rule.undecided(node, "", f"the rule failed on it, report this: {type(fault).__name__}: {fault}")
