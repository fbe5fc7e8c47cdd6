"""What a check of one stack came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policies.facts import Facts
from policies.graph import ResourceGraph
from policies.rule import Case, Finding, Rule, Verdict, judge_all
from policies.waivers import Sorted, Waiver, sort_out

EXIT_CLEAN = 0
EXIT_VIOLATIONS = 1
EXIT_CANNOT_JUDGE = 2


@dataclass(frozen=True, kw_only=True)
class Report:
    """One stack's verdicts. `judged` counts the resources each rule applied to: one that met none proves nothing."""

    graph: ResourceGraph
    facts: Facts
    rules: tuple[Rule, ...]
    outcome: Sorted
    judged: Mapping[str, int]

    @property
    def stack(self) -> str:
        return self.graph.stack

    @cached_property
    def violations(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.outcome.open if finding.verdict is Verdict.VIOLATION)

    @cached_property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.outcome.open if finding.verdict is Verdict.UNDECIDED)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 violations or waivers that fail, 2 something could not be judged."""
        if self.violations or self.outcome.expired or self.outcome.unused:
            return EXIT_VIOLATIONS
        return EXIT_CANNOT_JUDGE if self.undecided else EXIT_CLEAN


def check(
    graph: ResourceGraph, facts: Facts, rules: Sequence[Rule], waivers: Sequence[Waiver] = (), *, today: date
) -> Report:
    """Judges every resource of the graph by every rule."""
    findings = judge_all(rules, Case(facts=facts, graph=graph))
    judged: Counter[str] = Counter()
    for rule in rules:
        judged[rule.id] = sum(1 for node in graph if rule.applies(node))
    return Report(
        graph=graph, facts=facts, rules=tuple(rules), outcome=sort_out(findings, waivers, today), judged=judged
    )
