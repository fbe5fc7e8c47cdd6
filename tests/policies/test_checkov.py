"""Checkov itself over the shipped keeps and over plain Terraform. One environment, one scan of each.

Needs a package index for the first run: without one these tests are skipped, and say so.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.checker import CheckerError, Judgement, Subject
from policies.checkov_ids import check_id
from policies.graph import Node, ResourceGraph
from policies.report import report_of
from policies.rule import Verdict
from policies.waivers import load_waivers
from stacks.home import Home
from stacks.sessions.checkov.checker import NOT_RENDERED, CheckovChecker
from stacks.sessions.checkov.installation import Installation
from stacks.sessions.checkov.scan import CHECKS
from tests.policies.tenants import ROOT, recorded

INSTALLATION = Installation(home=Home.of(ROOT).path)
KEY = "aws:kms/key:Key"


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return INSTALLATION.ready(lambda _: None)
    except CheckerError as error:
        pytest.skip(f"Checkov cannot be installed here: {error}")


def subjects() -> list[Subject]:
    """The demo keep, and one with a key that does not rotate, a privileged pod and what nobody can render."""
    graph, facts = recorded("demo")
    key = next(node for node in graph.of_type(KEY) if node.name == "demo-key-code")
    broken = replace(key, inputs={**key.inputs, "enableKeyRotation": False})
    odd = Node(urn="urn:pulumi:demo::codekeep::aws:none/none:None::odd", type="aws:none/none:None", name="odd")
    pod = {"containers": [{"name": "a", "image": "a:latest", "securityContext": {"privileged": True}}]}
    template = {"metadata": {"name": "inner", "labels": {"app": "a"}}, "spec": pod}
    privileged = Node(
        urn="urn:pulumi:demo::codekeep::kubernetes:apps/v1:Deployment::privileged",
        type="kubernetes:apps/v1:Deployment",
        name="privileged",
        inputs={"metadata": {"name": "privileged", "namespace": "demo"}, "spec": {"template": template}},
    )
    nodes = tuple(broken if node.urn == key.urn else node for node in graph)
    worse = ResourceGraph(project=graph.project, stack=graph.stack, nodes=(*nodes, odd, privileged))
    return [Subject(graph=each, facts=facts, root=ROOT) for each in (graph, worse)]


@pytest.fixture(scope="module")
def judged(python: Path) -> Sequence[tuple[Subject, Judgement]]:
    given = subjects()
    checker = CheckovChecker(installation=INSTALLATION, on_progress=lambda _: None)
    return list(zip(given, checker.judge(given), strict=True))


def test_the_demo_keep_has_no_failed_check_without_a_waiver(judged: Sequence[tuple[Subject, Judgement]]) -> None:
    subject, judgement = judged[0]
    today = date.today()  # noqa: DTZ011 - waivers run out by the calendar
    report = report_of(subject, (), [judgement], load_waivers(ROOT / "policies" / "waivers.yaml", today), today)
    assert len([rule for rule in judgement.judged if rule.startswith("CKV_AWS")]) > 60
    assert len([rule for rule in judgement.judged if rule.startswith("CKV_KEEP")]) > 30
    assert len([rule for rule in judgement.judged if rule.startswith("CKV_DOCKER")]) > 0
    assert report.outcome.waived
    assert [(finding.rule, finding.urn) for finding in report.outcome.open] == []


def test_a_finding_leads_to_the_urn_and_the_line(judged: Sequence[tuple[Subject, Judgement]]) -> None:
    subject, judgement = judged[1]
    [finding] = [each for each in judgement.findings if each.rule == "CKV_AWS_7"]
    key = next(node for node in subject.graph.of_type(KEY) if node.name == "demo-key-code")
    assert finding.urn == key.urn
    assert finding.property == "enable_key_rotation"
    assert finding.source == key.source
    assert finding.source is not None
    assert finding.source.file == "components/keys/keys.py"


def test_what_our_rules_say_themselves_is_not_said_twice(judged: Sequence[tuple[Subject, Judgement]]) -> None:
    _, judgement = judged[1]
    rotation = next(rule for rule in catalogue() if rule.id == "key-rotation")
    assert judgement.judged[check_id(rotation)] > 5
    assert [each for each in judgement.findings if each.rule == check_id(rotation)] == []


def test_kubernetes_objects_are_judged_too(judged: Sequence[tuple[Subject, Judgement]]) -> None:
    _, judgement = judged[1]
    [finding] = [each for each in judgement.findings if each.rule == "CKV_K8S_16"]
    assert finding.urn == "urn:pulumi:demo::codekeep::kubernetes:apps/v1:Deployment::privileged"


def test_a_finding_of_checkov_on_a_pod_template_is_reported_on_its_workload(python: Path) -> None:
    given = subjects()[1]
    [workload] = [node for node in given.graph if node.name == "privileged"]
    alone = replace(given, graph=replace(given.graph, nodes=(workload,)))  # where no network policy selects it
    [judgement] = CheckovChecker(installation=INSTALLATION, on_progress=lambda _: None).judge([alone])
    assert [each.urn for each in judgement.findings if each.rule == "CKV2_K8S_6"] == [workload.urn]


def test_what_cannot_be_rendered_is_undecided(judged: Sequence[tuple[Subject, Judgement]]) -> None:
    _, judgement = judged[1]
    [finding] = [each for each in judgement.findings if each.rule == NOT_RENDERED]
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.urn.endswith("::odd")


TERRAFORM = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_kms_key" "still" {
  enable_key_rotation = false
}

resource "aws_kms_key" "turning" {
  enable_key_rotation = true
  region              = "eu-central-1"
}

resource "aws_kms_key" "unsaid" {
  enable_key_rotation = var.rotates
  region              = "eu-central-1"
}
"""


@pytest.mark.parametrize("regions", ["eu-central-1", None])
def test_our_rules_judge_plain_terraform(python: Path, tmp_path: Path, regions: str | None) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    rules = {rule.id: check_id(rule) for rule in catalogue() if rule.id in ("key-rotation", "region-resources")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    if regions is not None:
        environment["CODEKEEP_ALLOWED_REGIONS"] = regions
    command = [str(python), "-m", "checkov.main", "-d", str(tmp_path), "--framework", "terraform", "-o", "json"]
    command += ["--skip-download", "--soft-fail", "--external-checks-dir", str(CHECKS), "-c", ",".join(rules.values())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    results: dict[str, Any] = json.loads(done.stdout)["results"]
    failed = {(each["check_id"], each["resource"]) for each in results["failed_checks"]}
    passed = {(each["check_id"], each["resource"]) for each in results["passed_checks"]}
    rotation, region = rules["key-rotation"], rules["region-resources"]
    assert (rotation, "aws_kms_key.still") in failed
    assert (rotation, "aws_kms_key.turning") in passed
    assert not {(rotation, "aws_kms_key.unsaid")} & (failed | passed)  # it cannot be decided
    elsewhere = {(region, "aws_kms_key.still")} if regions else set()
    assert {each for each in failed if each[0] == region} == elsewhere
    assert ((region, "aws_kms_key.turning") in passed) is bool(regions)
