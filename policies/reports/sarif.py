"""SARIF 2.1.0, for code scanning: one run over all stacks, each result at the line that registered the resource."""

import json
from collections.abc import Sequence
from typing import Any

from policies.report import Report
from policies.rule import Finding, Rule, Severity, Verdict
from policies.waivers import Waived

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""`security-severity` as code-scanning services sort by it."""


def render(reports: Sequence[Report]) -> str:
    """One log with one run."""
    rules = {rule.id: rule for report in reports for rule in report.rules}
    order = {id_: index for index, id_ in enumerate(rules)}
    results = [result for report in reports for result in _results(report, order)]
    foreign = sorted({result["ruleId"] for result in results} - rules.keys())
    run = {
        "tool": {
            "driver": {
                "name": "codekeep",
                "informationUri": "https://www.pulumi.com/docs/iac/packages-and-automation/crossguard/",
                "rules": [_rule(rule) for rule in rules.values()] + [{"id": id_} for id_ in foreign],
            }
        },
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


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
