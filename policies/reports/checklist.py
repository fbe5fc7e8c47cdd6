"""The compliance checklist: requirement by requirement, which rules prove it, by which evidence, with which waivers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from policies.report import Report, Run
from policies.requirement import Requirement
from policies.rule import Case, Finding, Rule, Verdict, shortened
from policies.waivers import Waived

SHOWN = 3  # resources named as evidence of a rule that holds; the count says how many there are


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One resource and property that the verdict rests on."""

    urn: str
    property: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule below a requirement. `verdict` is holds, violated, undecided, waived or not applicable."""

    rule: Rule
    verdict: str
    resources: int
    evidence: tuple[Evidence, ...]
    waived: tuple[Waived, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One requirement; `verdict` is that of its worst rule."""

    requirement: Requirement
    rows: tuple[Row, ...]

    @property
    def verdict(self) -> str:
        verdicts = {row.verdict for row in self.rows}
        for worst in ("violated", "undecided", "waived", "holds"):
            if worst in verdicts:
                return worst
        return "not applicable"


@dataclass(frozen=True, kw_only=True)
class ForeignChecks:
    """The checks of another tool: how many ran, and which of their findings are open or waived."""

    tool: str
    checks: int
    open: tuple[Finding, ...]
    waived: tuple[Waived, ...]


def render_markdown(run: Run) -> str:
    return _render("checklist.md.j2", run)


def render_html(run: Run) -> str:
    return _render("checklist.html.j2", run)


def sections(report: Report) -> tuple[Section, ...]:
    """The checklist of one stack, in the order of the requirements."""
    return tuple(
        Section(
            requirement=requirement,
            rows=tuple(_row(rule, report) for rule in report.rules if rule.requirement is requirement),
        )
        for requirement in Requirement
    )


def foreign_checks(report: Report) -> tuple[ForeignChecks, ...]:
    """One part for each tool, in the order of their names."""
    parts = []
    for tool in sorted({rule.tool for rule in report.foreign}):
        ids = {rule.id for rule in report.foreign if rule.tool == tool}
        standing = tuple(finding for finding in report.outcome.open if finding.rule in ids)
        waived = tuple(each for each in report.outcome.waived if each.finding.rule in ids)
        parts.append(ForeignChecks(tool=tool, checks=len(ids), open=standing, waived=waived))
    return tuple(parts)


def _row(rule: Rule, report: Report) -> Row:
    findings = [finding for finding in report.outcome.open if finding.rule == rule.id]
    waived = tuple(each for each in report.outcome.waived if each.finding.rule == rule.id)
    return Row(
        rule=rule,
        verdict=_verdict(findings, waived, report.judged[rule.id]),
        resources=report.judged[rule.id],
        evidence=tuple(_against(findings)) or tuple(_for(rule, report)),
        waived=waived,
    )


def _verdict(findings: Sequence[Finding], waived: Sequence[Waived], judged: int) -> str:
    verdicts = {finding.verdict for finding in findings}
    if Verdict.VIOLATION in verdicts:
        return "violated"
    if Verdict.UNDECIDED in verdicts:
        return "undecided"
    if waived:
        return "waived"
    return "holds" if judged else "not applicable"


def _against(findings: Sequence[Finding]) -> Iterator[Evidence]:
    for finding in findings:
        yield Evidence(urn=finding.urn, property=finding.property, text=finding.message)


def _for(rule: Rule, report: Report) -> Iterator[Evidence]:
    """Some of the resources that comply, each with the value that the rule judged, where it judged one."""
    case = Case(facts=report.facts, graph=report.graph)
    for node in islice(filter(rule.applies, report.graph), SHOWN):
        found = rule.evidence(node, case)
        yield Evidence(
            urn=node.urn, property=found.path if found else "", text=shortened(str(found.value)) if found else ""
        )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("policies.reports"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, run: Run) -> str:
    stacks = [(report, sections(report), foreign_checks(report)) for report in run.reports]
    return _environment().get_template(template).render(stacks=stacks, run=run)
