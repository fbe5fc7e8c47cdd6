"""The report for programs: every finding with its source line, every waiver with its owner."""

import json
from typing import Any

from policies.report import Report, Run
from policies.rule import Finding
from policies.waivers import Waived, Waiver

VERSION = 1  # 1: first


def render(run: Run) -> str:
    """One document for all stacks."""
    document = {
        "version": VERSION,
        "exitCode": run.exit_code,
        "stacks": [_stack(report) for report in run.reports],
        "faults": [{"stack": fault.stack, "message": fault.message} for fault in run.faults],
        "expiredWaivers": [_waiver(waiver) for waiver in run.expired],
        "unusedWaivers": [_waiver(waiver) for waiver in run.unused],
    }
    return json.dumps(document, indent=2)


def _stack(report: Report) -> dict[str, Any]:
    return {
        "stack": report.stack,
        "exitCode": report.exit_code,
        "rules": [{"id": rule.id, "family": rule.family, "resources": report.judged[rule.id]} for rule in report.rules]
        + [{"id": rule.id, "family": rule.tool, "resources": report.judged[rule.id]} for rule in report.foreign],
        "violations": [_finding(finding) for finding in report.violations],
        "undecided": [_finding(finding) for finding in report.undecided],
        "waived": [_waived(each) for each in report.outcome.waived],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "urn": finding.urn,
        "property": finding.property,
        "message": finding.message,
        "source": {"file": finding.source.file, "line": finding.source.line} if finding.source else None,
    }


def _waived(each: Waived) -> dict[str, Any]:
    return {**_finding(each.finding), "waiver": _waiver(each.waiver)}


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "rule": waiver.rule,
        "urn": waiver.urn,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat(),
    }
