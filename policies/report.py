"""The result of a check: a report for each stack that could be judged, and what else fails the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policies.checker import ForeignRule, Judgement, Subject
from policies.facts import Facts
from policies.graph import ResourceGraph
from policies.rule import Finding, Rule, Verdict
from policies.waivers import Coverage, Outcome, Waiver, apply_waivers, unused_waivers

EXIT_CLEAN = 0
EXIT_VIOLATIONS = 1
EXIT_CANNOT_JUDGE = 2


@dataclass(frozen=True, kw_only=True)
class Report:
    """One stack's verdicts. `judged` counts the resources that each rule applied to: without any it proves nothing."""

    graph: ResourceGraph
    facts: Facts
    rules: tuple[Rule, ...]
    outcome: Outcome
    judged: Mapping[str, int]
    foreign: tuple[ForeignRule, ...] = ()

    @property
    def stack(self) -> str:
        return self.graph.stack

    @property
    def all_rules(self) -> tuple[Rule | ForeignRule, ...]:
        """Our rules, then those of other checkers."""
        return (*self.rules, *self.foreign)

    @cached_property
    def violations(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.outcome.open if finding.verdict is Verdict.VIOLATION)

    @cached_property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.outcome.open if finding.verdict is Verdict.UNDECIDED)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 violations, 2 something could not be judged."""
        if self.violations:
            return EXIT_VIOLATIONS
        return EXIT_CANNOT_JUDGE if self.undecided else EXIT_CLEAN


@dataclass(frozen=True, kw_only=True)
class UnjudgedStack:
    """A stack that could not be judged at all, and why."""

    stack: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """All stacks of one call. `expired` and `unused` waivers fail it whatever the verdicts are."""

    reports: tuple[Report, ...]
    faults: tuple[UnjudgedStack, ...] = ()
    expired: tuple[Waiver, ...] = ()
    unused: tuple[Waiver, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 clean, 1 violations or waivers that fail, 2 something could not be judged."""
        codes = {report.exit_code for report in self.reports}
        if EXIT_VIOLATIONS in codes or self.expired or self.unused:
            return EXIT_VIOLATIONS
        return EXIT_CANNOT_JUDGE if EXIT_CANNOT_JUDGE in codes or self.faults else EXIT_CLEAN


def report_of(
    subject: Subject, rules: Sequence[Rule], judgements: Sequence[Judgement], waivers: Sequence[Waiver], today: date
) -> Report:
    """Combines the findings of all checkers on one stack and applies the waivers."""
    return Report(
        graph=subject.graph,
        facts=subject.facts,
        rules=tuple(rules),
        outcome=apply_waivers([finding for each in judgements for finding in each.findings], waivers, today),
        judged={id_: count for each in judgements for id_, count in each.judged.items()},
        foreign=tuple(rule for each in judgements for rule in each.foreign),
    )


def run_of(
    reports: Sequence[Report],
    faults: Sequence[UnjudgedStack] = (),
    waivers: Sequence[Waiver] = (),
    *,
    today: date,
    coverage: Coverage,
) -> Run:
    """A waiver is unused if no stack used it; `coverage` decides for which waivers this run can say so."""
    used = {each.waiver for report in reports for each in report.outcome.waived}
    return Run(
        reports=tuple(reports),
        faults=tuple(faults),
        expired=tuple(waiver for waiver in waivers if waiver.expired(today)),
        unused=unused_waivers(waivers, used, today, coverage),
    )
