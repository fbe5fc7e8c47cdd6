"""The seam where checks of a graph join: our rules and other tools' go the same way to waivers and reports."""

from collections import Counter
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
    """What is judged: a stack's graph, the agreement it is held to, and the folder its source files are told from."""

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
        """Of a resource as a whole."""
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
    """What one checker says of one subject.

    `judged` counts the resources that each rule looked at, by rule id. `foreign` describes the rules that are not in
    our catalogue: every one that looked at something, so that what passed is reported too.
    """

    findings: tuple[Finding, ...] = ()
    judged: Mapping[str, int] = field(default_factory=dict)
    foreign: tuple[ForeignRule, ...] = ()


class CheckerError(Exception):
    """A checker could not judge at all; what it says is a run's exit code 2, never a pass."""


class Checker(Protocol):
    """Judges all subjects of a run in one call, so that a tool that starts slowly starts once."""

    @property
    def name(self) -> str: ...

    def judge(self, subjects: Sequence[Subject]) -> Sequence[Judgement]:
        """One judgement a subject, in their order. Raises CheckerError."""
        ...


def checker_of(rule_id: str) -> str:
    """Name of the checker that a rule id belongs to."""
    if rule_id.startswith("CKV"):
        return CHECKOV
    return LIVE if rule_id.startswith("live-") else OWN


def judge_by_rules(subject: Subject, rules: Sequence[Rule]) -> Judgement:
    """The verdicts of rules of ours."""
    findings = judge_all(rules, Case(facts=subject.facts, graph=subject.graph))
    judged: Counter[str] = Counter()
    for rule in rules:
        judged[rule.id] = sum(1 for node in subject.graph if rule.applies(node))
    return Judgement(findings=tuple(findings), judged=judged)
