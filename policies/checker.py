"""The interface of checkers: our rules and other tools hand the same findings to waivers and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from policies.facts import Facts
from policies.graph import ResourceGraph, Source
from policies.rule import Case, Finding, Rule, Severity, Verdict, judge_all

OWN = "codekeep"
CHECKOV = "checkov"
LIVE = "live"  # the comparison of the account with the state


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is judged: a stack's graph, the agreement that it must keep, and the folder that its source files are in."""

    graph: ResourceGraph
    facts: Facts
    root: Path

    @property
    def stack(self) -> str:
        return self.graph.stack


@dataclass(frozen=True, kw_only=True)
class ForeignRule:
    """A check of another tool, as far as reports show it. `guideline` is the address of its page, if it has one."""

    id: str
    title: str
    tool: str
    severity: Severity
    guideline: str | None = None

    def finding(self, urn: str, message: str, verdict: Verdict, source: Source | None = None) -> Finding:
        """A finding on a resource, not on one of its properties."""
        return Finding(
            rule=self.id,
            verdict=verdict,
            severity=self.severity,
            urn=urn,
            property="",
            message=message,
            source=source,
        )


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One checker's findings on one subject.

    `judged` counts the resources that each rule looked at, by rule id. `foreign` describes the rules that are not in
    our catalogue: every one that looked at something, so that what passed is reported too.
    """

    findings: tuple[Finding, ...] = ()
    judged: Mapping[str, int] = field(default_factory=dict)
    foreign: tuple[ForeignRule, ...] = ()


class CheckerError(Exception):
    """A checker could not judge at all: the run ends with exit code 2, never with a pass."""


class Checker(Protocol):
    """Judges all subjects of a run in one call, so that a tool that starts slowly starts once."""

    @property
    def name(self) -> str: ...

    def judge(self, subjects: Sequence[Subject]) -> Sequence[Judgement]:
        """One judgement for each subject, in their order.

        Raises:
            CheckerError: it could not judge at all.
        """
        ...


def checker_of(rule_id: str) -> str:
    """Name of the checker that a rule id belongs to."""
    if rule_id.startswith("CKV"):
        return CHECKOV
    return LIVE if rule_id.startswith("live-") else OWN


def judge_by_rules(subject: Subject, rules: Sequence[Rule]) -> Judgement:
    """Judges a subject by our rules."""
    findings = judge_all(rules, Case(facts=subject.facts, graph=subject.graph))
    judged = {rule.id: sum(map(rule.applies, subject.graph)) for rule in rules}
    return Judgement(findings=tuple(findings), judged=judged)
