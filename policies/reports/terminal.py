"""The report for a person at a terminal: open findings first, then one line with the totals."""

from policies.report import Report, Run
from policies.rule import Finding

VERDICTS = {0: "clean", 1: "violations", 2: "cannot judge"}


def render(run: Run) -> str:
    """Plain text; the caller adds no colour, so that it reads the same in a log."""
    lines = [line for report in run.reports for line in _stack(report)]
    lines += [f"{fault.stack}: cannot judge - {fault.message}" for fault in run.faults]
    lines += [f"EXPIRED WAIVER  {each.rule} {each.urn} ({each.owner}, {each.expires})" for each in run.expired]
    lines += [f"UNUSED WAIVER   {each.rule} {each.urn} ({each.owner})" for each in run.unused]
    if len(run.reports) + len(run.faults) > 1:
        lines.append(_total(run))
    return "\n".join(lines)


def _stack(report: Report) -> list[str]:
    lines = [line for finding in report.violations for line in _finding(finding)]
    lines += [line for finding in report.undecided for line in _finding(finding)]
    return [*lines, _summary(report)]


def _finding(finding: Finding) -> list[str]:
    where = f"{finding.source}  " if finding.source else ""
    return [
        f"{finding.verdict.value.upper():<10} {finding.severity.value:<8} {finding.rule}",
        f"    {finding.message}",
        f"    {where}{finding.urn}",
    ]


def _summary(report: Report) -> str:
    met = sum(1 for rule in report.all_rules if report.judged[rule.id])
    return (
        f"{report.stack}: {VERDICTS[report.exit_code]} - {len(report.all_rules)} rules, "
        f"{met} of them met resources; "
        f"{len(report.violations)} violations, {len(report.undecided)} undecided, {len(report.outcome.waived)} waived"
    )


def _total(run: Run) -> str:
    codes = [report.exit_code for report in run.reports] + [2] * len(run.faults)
    counts = ", ".join(f"{codes.count(code)} {words}" for code, words in VERDICTS.items() if code in codes)
    waivers = f"; {len(run.expired)} waivers expired, {len(run.unused)} unused" if run.expired or run.unused else ""
    return f"{len(codes)} stacks: {counts}{waivers}"
