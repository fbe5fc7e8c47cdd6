"""JUnit XML: a suite per stack, a case per rule; a violation is a failure, what cannot be judged an error."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from policies.report import Report
from policies.rule import Finding, Rule


def render(reports: Sequence[Report]) -> str:
    """One document for all stacks."""
    root = ET.Element("testsuites", name="codekeep check")
    for report in reports:
        root.append(_suite(report))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _suite(report: Report) -> ET.Element:
    cases = [_case(rule, report) for rule in report.rules]
    cases += [_outside(finding) for finding in _foreign(report)]
    cases += [_waivers(report)]
    suite = ET.Element(
        "testsuite",
        name=report.stack,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    suite.extend(cases)
    return suite


def _case(rule: Rule, report: Report) -> ET.Element:
    case = ET.Element("testcase", classname=rule.family.value, name=f"{rule.id}: {rule.title}")
    violations = [finding for finding in report.violations if finding.rule == rule.id]
    undecided = [finding for finding in report.undecided if finding.rule == rule.id]
    if violations:
        _problem(case, "failure", violations)
    elif undecided:
        _problem(case, "error", undecided)
    elif not report.judged[rule.id]:
        ET.SubElement(case, "skipped", message="no resource it applies to")
    return case


def _foreign(report: Report) -> list[Finding]:
    """Findings of checks that are not rules of ours (Checkov's)."""
    own = {rule.id for rule in report.rules}
    return [finding for finding in report.outcome.open if finding.rule not in own]


def _outside(finding: Finding) -> ET.Element:
    case = ET.Element("testcase", classname="checkov", name=f"{finding.rule}: {finding.urn}")
    _problem(case, "failure", [finding])
    return case


def _waivers(report: Report) -> ET.Element:
    case = ET.Element("testcase", classname="waivers", name="waivers are valid and used")
    bad = [f"expired {waiver.expires}: {waiver.rule} {waiver.urn}" for waiver in report.outcome.expired]
    bad += [f"unused: {waiver.rule} {waiver.urn}" for waiver in report.outcome.unused]
    if bad:
        ET.SubElement(case, "failure", message=f"{len(bad)} waivers").text = "\n".join(bad)
    return case


def _problem(case: ET.Element, kind: str, findings: Sequence[Finding]) -> None:
    problem = ET.SubElement(case, kind, message=f"{len(findings)} findings")
    problem.text = "\n".join(f"{finding.source or ''} {finding.urn} {finding.message}".strip() for finding in findings)
