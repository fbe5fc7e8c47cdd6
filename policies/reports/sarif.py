"""SARIF 2.1.0, for code scanning: one run over all stacks, each result at the line that registered the resource."""

import json
from collections.abc import Iterator
from typing import Any

from policies.checker import ForeignRule
from policies.report import Report, Run
from policies.rule import Finding, Rule, Severity, Verdict
from policies.waivers import Waived

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""`security-severity` as code-scanning services sort by it."""


WAIVERS = "waivers"  # the id that expired and unused waivers are reported under


def render(run: Run) -> str:
    """One log with one run."""
    own = {rule.id: _rule(rule) for report in run.reports for rule in report.rules}
    foreign = {rule.id: _foreign(rule) for report in run.reports for rule in report.foreign}
    described = {**own, **foreign, **_waiver_rule(run)}
    order = {id_: index for index, id_ in enumerate(described)}
    results = [result for report in run.reports for result in _results(report, order)]
    log_run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "codekeep",
                "informationUri": "https://www.pulumi.com/docs/iac/packages-and-automation/crossguard/",
                "rules": list(described.values()),
            }
        },
        "invocations": [_invocation(run)],
        "results": results + list(_waivers(run, order)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [log_run]}, indent=2)


def _invocation(run: Run) -> dict[str, Any]:
    """Stacks that could not be judged are notifications of the tool: they have no results."""
    notifications = [
        {"level": "error", "message": {"text": f"{fault.stack} cannot be judged: {fault.message}"}}
        for fault in run.faults
    ]
    return {
        "executionSuccessful": not run.faults,
        "exitCode": run.exit_code,
        "toolExecutionNotifications": notifications,
    }


def _foreign(rule: ForeignRule) -> dict[str, Any]:
    described = {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["security", rule.tool], "security-severity": SCORES[rule.severity]},
    }
    return {**described, "helpUri": rule.guideline} if rule.guideline else described


def _waiver_rule(run: Run) -> dict[str, dict[str, Any]]:
    text = "A waiver is valid until its date, and only for resources that exist"
    return {WAIVERS: {"id": WAIVERS, "shortDescription": {"text": text}}} if run.expired or run.unused else {}


def _waivers(run: Run, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    problems = [(waiver, f"expired on {waiver.expires}") for waiver in run.expired]
    problems += [(waiver, "is not used by any resource") for waiver in run.unused]
    for waiver, problem in problems:
        yield {
            "ruleId": WAIVERS,
            "ruleIndex": order[WAIVERS],
            "kind": "fail",
            "level": "error",
            "message": {"text": f"the waiver of {waiver.rule} for {waiver.urn} ({waiver.owner}) {problem}"},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": waiver.urn, "kind": "resource"}]}],
            "partialFingerprints": {"waiver/v1": f"{waiver.rule}|{waiver.urn}"},
        }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(part.title() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", rule.family.value, rule.requirement.value, *_references(rule)],
            "security-severity": SCORES[rule.severity],
        },
    }


def _references(rule: Rule) -> list[str]:
    return [f"{framework} {control}" for framework, controls in rule.frameworks.items() for control in controls]


def _results(report: Report, order: dict[str, int]) -> list[dict[str, Any]]:
    standing = [_result(finding, report, order) for finding in report.outcome.open]
    return standing + [_suppressed(each, report, order) for each in report.outcome.waived]


def _result(finding: Finding, report: Report, order: dict[str, int]) -> dict[str, Any]:
    undecided = finding.verdict is Verdict.UNDECIDED
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "kind": "open" if undecided else "fail",
        "level": "none" if undecided else LEVELS[finding.severity],
        "message": {"text": f"[{report.stack}] {finding.message}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"resourceProperty/v1": f"{finding.rule}|{finding.urn}|{finding.property}"},
    }
    if finding.rule in order:
        result["ruleIndex"] = order[finding.rule]
    return result


def _suppressed(each: Waived, report: Report, order: dict[str, int]) -> dict[str, Any]:
    waiver = each.waiver
    justification = f"{waiver.reason} ({waiver.owner}, until {waiver.expires.isoformat()})"
    suppression = {"kind": "external", "status": "accepted", "justification": justification}
    return {**_result(each.finding, report, order), "suppressions": [suppression]}


def _location(finding: Finding) -> dict[str, Any]:
    logical = {"fullyQualifiedName": f"{finding.urn}#{finding.property}", "kind": "resource"}
    source = finding.source
    physical = {
        "artifactLocation": {"uri": source.file if source else "Pulumi.yaml"},
        "region": {"startLine": source.line if source else 1},
    }
    return {"physicalLocation": physical, "logicalLocations": [logical]}
