"""A short Markdown summary for a pull request or a pipeline's page: a line per stack, then the open findings."""

from collections.abc import Iterator

from policies.report import Report, Run
from policies.rule import Finding

VERDICTS = {0: "✅ clean", 1: "❌ violations", 2: "⚠️ cannot judge"}
SHOWN = 50  # findings; pipelines cut longer pages off anywhere


def render(run: Run) -> str:
    """Markdown; the full evidence is in the other formats."""
    lines = ["## codekeep check", "", *_table(run)]
    lines += _findings(run)
    lines += [f"- ❌ expired waiver: `{each.rule}` `{each.urn}` ({each.owner}, {each.expires})" for each in run.expired]
    lines += [f"- ❌ unused waiver: `{each.rule}` `{each.urn}` ({each.owner})" for each in run.unused]
    return "\n".join(lines)


def _table(run: Run) -> Iterator[str]:
    if not run.reports and not run.faults:
        yield "No stack to check."
        return
    yield "| stack | verdict | violations | undecided | waived |"
    yield "|---|---|---|---|---|"
    for report in run.reports:
        counts = f"{len(report.violations)} | {len(report.undecided)} | {len(report.outcome.waived)}"
        yield f"| {report.stack} | {VERDICTS[report.exit_code]} | {counts} |"
    for fault in run.faults:
        yield f"| {fault.stack} | {VERDICTS[2]}: {_cell(fault.message)} | | | |"
    yield ""


def _findings(run: Run) -> Iterator[str]:
    found = [(report, finding) for report in run.reports for finding in report.violations]
    found += [(report, finding) for report in run.reports for finding in report.undecided]
    for report, finding in found[:SHOWN]:
        yield _line(report, finding)
    if len(found) > SHOWN:
        yield f"- … and {len(found) - SHOWN} more"


def _line(report: Report, finding: Finding) -> str:
    where = f" `{finding.source}`" if finding.source else ""
    verdict = f"{finding.severity.value} {finding.verdict.value}"
    return f"- {report.stack}: **{finding.rule}** ({verdict}){where} {_cell(finding.message)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
