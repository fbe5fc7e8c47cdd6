"""The report for a person at a terminal: what stands first, then one line that sums up."""

from collections.abc import Sequence

from policies.report import Report
from policies.rule import Finding


def render(reports: Sequence[Report]) -> str:
    """Plain text; the caller adds no colour, so that it reads the same in a log."""
    return "\n".join(line for report in reports for line in _stack(report))


def _stack(report: Report) -> list[str]:
    lines = [line for finding in report.violations for line in _finding(finding)]
    lines += [line for finding in report.undecided for line in _finding(finding)]
    lines += [
        f"EXPIRED WAIVER  {each.rule} {each.urn} ({each.owner}, {each.expires})" for each in report.outcome.expired
    ]
    lines += [f"UNUSED WAIVER   {each.rule} {each.urn} ({each.owner})" for each in report.outcome.unused]
    return [*lines, _summary(report)]


def _finding(finding: Finding) -> list[str]:
    where = f"{finding.source}  " if finding.source else ""
    return [
        f"{finding.verdict.value.upper():<10} {finding.severity.value:<8} {finding.rule}",
        f"    {finding.message}",
        f"    {where}{finding.urn}",
    ]


def _summary(report: Report) -> str:
    met = sum(1 for rule in report.rules if report.judged[rule.id])
    verdict = {0: "clean", 1: "violations", 2: "cannot judge"}[report.exit_code]
    return (
        f"{report.stack}: {verdict} - {len(report.rules)} rules, {met} of them met resources; "
        f"{len(report.violations)} violations, {len(report.undecided)} undecided, {len(report.outcome.waived)} waived"
    )
