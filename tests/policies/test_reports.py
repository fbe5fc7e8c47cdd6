"""Reports: each says the same verdicts, SARIF fits its schema, the checklist shows its evidence."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from policies.checker import Subject
from policies.facts import Facts
from policies.graph import UNKNOWN, Node, ResourceGraph, Source
from policies.report import Run
from policies.reports import FORMATS
from policies.rules.encryption.key_rotation import RULE
from policies.waivers import Waiver
from tests.policies.checks import check

TODAY = date(2026, 11, 24)
KEY = "aws:kms/key:Key"
FACTS = Facts(
    tenant="demo",
    tier="dedicated",
    account_id="111122223333",
    primary_region="eu-central-1",
    allowed_regions=frozenset({"eu-central-1"}),
)
WAIVER = Waiver(
    rule=RULE.id, urn="*::waived<&>", reason="key material of the customer's HSM", owner="a@example.com", expires=TODAY
)
SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text())


def key(name: str, rotation: object) -> Node:
    return Node(
        urn=f"urn:pulumi:demo::codekeep::{KEY}::{name}",
        type=KEY,
        name=name,
        inputs={"enableKeyRotation": rotation},
        source=Source(file="components/keys/keys.py", line=70),
    )


def checked(*nodes: Node, waivers: tuple[Waiver, ...] = ()) -> Run:
    graph = ResourceGraph(project="codekeep", stack="demo", nodes=nodes)
    return check(Subject(graph=graph, facts=FACTS, root=Path()), [RULE], waivers, today=TODAY)


@pytest.fixture(scope="module")
def run() -> Run:
    nodes = (key("good", True), key("bad", False), key("open", UNKNOWN), key("waived<&>", False))
    return checked(*nodes, waivers=(WAIVER,))


def test_exit_codes_are_clean_violations_cannot_judge() -> None:
    def code(*nodes: Node, waivers: tuple[Waiver, ...] = ()) -> int:
        return checked(*nodes, waivers=waivers).exit_code

    assert code(key("good", True)) == 0
    assert code(key("bad", False)) == 1
    assert code(key("open", UNKNOWN)) == 2
    assert code(key("bad", False), key("open", UNKNOWN)) == 1
    assert code(key("waived<&>", False), waivers=(WAIVER,)) == 0
    assert code(key("good", True), waivers=(WAIVER,)) == 1  # unused


def test_the_sarif_log_is_valid_and_leads_to_the_line(run: Run) -> None:
    log = json.loads(FORMATS["sarif"](run))
    assert list(Draft4Validator(SCHEMA).iter_errors(log)) == []
    results = log["runs"][0]["results"]
    assert [(each["kind"], each["level"]) for each in results] == [
        ("fail", "error"),
        ("open", "none"),
        ("fail", "error"),
    ]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "components/keys/keys.py"}, "region": {"startLine": 70}}
    assert results[2]["suppressions"][0]["status"] == "accepted"
    assert log["runs"][0]["tool"]["driver"]["rules"][results[0]["ruleIndex"]]["id"] == "key-rotation"


def test_the_schema_check_can_fail() -> None:
    assert list(Draft4Validator(SCHEMA).iter_errors({"version": "2.1.0", "runs": [{}]}))


def test_junit_counts_its_failures(run: Run) -> None:
    suite = ET.fromstring(FORMATS["junit"](run))[0]  # noqa: S314 - our own text
    assert suite.get("name") == "demo"
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "1", "0")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "components/keys/keys.py:70" in (failure.text or "")


def test_json_contains_every_finding(run: Run) -> None:
    (stack,) = json.loads(FORMATS["json"](run))["stacks"]
    assert [each["urn"].rpartition("::")[2] for each in stack["violations"]] == ["bad"]
    assert [each["urn"].rpartition("::")[2] for each in stack["undecided"]] == ["open"]
    assert stack["waived"][0]["waiver"]["owner"] == "a@example.com"
    assert stack["rules"] == [{"id": "key-rotation", "family": "encryption", "resources": 4}]


def test_the_terminal_names_resource_property_and_remedy(run: Run) -> None:
    text = FORMATS["terminal"](run)
    assert "Key bad: enableKeyRotation got False: must be true; create keys with components.keys.TenantKeys" in text
    assert text.splitlines()[-1].endswith("1 violations, 1 undecided, 1 waived")


def test_the_checklist_shows_verdict_evidence_and_waiver(run: Run) -> None:
    markdown = FORMATS["checklist-md"](run)
    assert "### R4 - violated" in markdown
    assert "urn:pulumi:demo::codekeep::aws:kms/key:Key::bad` enableKeyRotation" in markdown
    assert "key material of the customer's HSM (a@example.com, until 2026-11-24)" in markdown
    assert "### R1 - not applicable" in markdown
    assert "| regions | eu-central-1 |" in markdown


def test_a_rule_without_findings_shows_its_evidence() -> None:
    markdown = FORMATS["checklist-md"](checked(key("good", True)))
    assert "### R4 - holds" in markdown
    assert f"`urn:pulumi:demo::codekeep::{KEY}::good` enableKeyRotation: True" in markdown


def test_the_html_checklist_escapes_what_it_shows(run: Run) -> None:
    html = FORMATS["checklist-html"](run)
    assert "customer&#39;s HSM" in html
    assert '<span class="violated">violated</span>' in html
