"""JUnit XML: a suite per stack, a case per rule; a violation is a failure, what cannot be judged an error."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from policies.checker import ForeignRule
from policies.report import Report, Run, UnjudgedStack
from policies.rule import Finding, Rule


def render(run: Run) -> str:
    """One document for all stacks."""
    root = ET.Element("testsuites", name="codekeep check")
    root.extend(_stack(report) for report in run.reports)
    root.extend(_unjudged(fault) for fault in run.faults)
    root.append(_suite("waivers", [_waivers(run)]))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _stack(report: Report) -> ET.Element:
    return _suite(report.stack, [_case(rule, report) for rule in report.all_rules])


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    suite.extend(cases)
    return suite


def _case(rule: Rule | ForeignRule, report: Report) -> ET.Element:
    group = rule.family.value if isinstance(rule, Rule) else rule.tool
    case = ET.Element("testcase", classname=group, name=f"{rule.id}: {rule.title}")
    violations = [finding for finding in report.violations if finding.rule == rule.id]
    undecided = [finding for finding in report.undecided if finding.rule == rule.id]
    if violations:
        _problem(case, "failure", violations)
    elif undecided:
        _problem(case, "error", undecided)
    elif not report.judged[rule.id]:
        ET.SubElement(case, "skipped", message="no resource it applies to")
    return case


def _unjudged(fault: UnjudgedStack) -> ET.Element:
    case = ET.Element("testcase", classname="stack", name="can be judged")
    ET.SubElement(case, "error", message="cannot judge").text = fault.message
    return _suite(fault.stack, [case])


def _waivers(run: Run) -> ET.Element:
    case = ET.Element("testcase", classname="waivers", name="waivers are valid and used")
    bad = [f"expired {waiver.expires}: {waiver.rule} {waiver.urn}" for waiver in run.expired]
    bad += [f"unused: {waiver.rule} {waiver.urn}" for waiver in run.unused]
    if bad:
        ET.SubElement(case, "failure", message=f"{len(bad)} waivers").text = "\n".join(bad)
    return case


def _problem(case: ET.Element, kind: str, findings: Sequence[Finding]) -> None:
    problem = ET.SubElement(case, kind, message=f"{len(findings)} findings")
    problem.text = "\n".join(f"{finding.source or ''} {finding.urn} {finding.message}".strip() for finding in findings)
