"""The pack on the sandbox's engine: the same findings as `check`, before a resource is made or at the end."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.catalogue import catalogue
from policies.facts import Facts
from policies.graph.recorder import record
from policies.rule import Scope
from policies.waivers import load_waivers
from stacks.project import Project
from stacks.sessions.recording import run_program
from tests.cli.conftest import Keep
from tests.policies.crossguard import (
    CONFIG,
    ROOT,
    UNDECIDED,
    keep_in,
    pack_options,
    reported_by_check,
    reported_by_pack,
    state_of,
    today,
    violations,
    write_project,
)

VIOLATING = (Path(__file__).parent / "data" / "violating" / "__main__.py").read_text()
FACTS = Facts.of(CONFIG)
BUCKET = """
import pulumi
import pulumi_aws as aws

here = aws.kms.Key("here", enable_key_rotation=True)
aws.s3.Bucket("there", region="{region}", opts=pulumi.ResourceOptions(depends_on=[here]))
"""


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """A project folder; its sandbox account writes down the calls it gets."""
    found = keep_in(tmp_path, CODEKEEP_SANDBOX_CALL_LOG=str(tmp_path / "calls.jsonl"))
    yield found
    found.run("sandbox", "stop", code=None)


def calls(keep: Keep) -> list[tuple[str, str]]:
    """(operation, region) of the calls that the sandbox's AWS provider made."""
    log = keep.root / "calls.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [(line["operation"], line["region"]) for line in lines]


def split(reported: Counter[Any]) -> tuple[Counter[Any], Counter[Any]]:
    """Violations, and what is undecided."""
    undecided = Counter({each: count for each, count in reported.items() if UNDECIDED in each[2]})
    return reported - undecided, undecided


def about(reported: Counter[Any], urns: set[str]) -> set[tuple[str, str]]:
    return {(rule, urn) for rule, urn, _ in reported if urn in urns}


def test_the_pack_and_check_give_the_same_verdicts(keep: Keep) -> None:
    write_project(keep, VIOLATING)
    recorded = record(
        lambda: run_program(keep.root / "program"), project="shop", stack="dev", config=CONFIG, root=keep.root
    )
    previewed = violations(keep.sandbox("preview", "dev", "--json", *pack_options(keep), code=1))
    decided, undecided = split(reported_by_pack(previewed))
    expected, expected_undecided = split(reported_by_check(recorded, FACTS))
    # The engine has made default providers, and the providers have filled in defaults: messages may tell other values.
    # What is looked up by an id that is not known yet is not looked up.
    both = {node.urn for node in recorded if not node.options.get("external")}
    assert about(decided, both) == about(expected, both)
    assert about(undecided, both) == about(expected_undecided, both)
    assert {event["mandatory"] for event in previewed if UNDECIDED not in event["message"]} == {True}
    assert {event["mandatory"] for event in previewed if UNDECIDED in event["message"]} == {False}

    deployed = violations(keep.sandbox("up", "dev", "--yes", "--json", *pack_options(keep, {"all": "advisory"})))
    reported = reported_by_pack(deployed)
    assert reported == reported_by_check(state_of(keep, "shop", "dev"), FACTS)
    assert {event["mandatory"] for event in deployed} == {False}
    ids = {rule for rule, _, _ in reported}
    broken = [rule for rule in catalogue() if rule.id in ids]
    assert {rule.scope for rule in broken} == set(Scope)
    assert len({rule.family for rule in broken}) >= 4
    assert len(broken) >= 15
    assert "canary" not in json.dumps(previewed + deployed)


def test_a_bucket_of_a_foreign_region_is_stopped_before_the_create_call(keep: Keep) -> None:
    write_project(keep, BUCKET.format(region="us-east-1"))
    settings = {"all": "advisory", "region-resources": "mandatory"}
    ran = keep.sandbox("up", "dev", "--yes", "--json", *pack_options(keep, settings), code=1)
    (refused,) = [event for event in violations(ran) if event["mandatory"]]
    assert refused["policy"] == "region-resources"
    assert refused["urn"] == "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::there"
    assert "region names us-east-1; allowed are eu-central-1, eu-west-1" in refused["message"]
    assert ("CreateKey", "eu-central-1") in calls(keep)  # the log is written, and the run came as far as the bucket
    assert not [call for call in calls(keep) if "Bucket" in call[0]]
    assert "aws:s3/bucket:Bucket" not in {node.type for node in state_of(keep, "shop", "dev")}

    keep.sandbox("up", "dev", "--yes", "--json", *pack_options(keep, {"all": "advisory"}))
    assert ("CreateBucket", "us-east-1") in calls(keep)  # so the pack it was that stopped it


def test_a_rule_of_the_whole_stack_stops_the_deployment_when_all_is_made(keep: Keep) -> None:
    write_project(keep, BUCKET.format(region="eu-west-1"))
    settings = {"all": "advisory", "tls-buckets": "mandatory"}
    ran = keep.sandbox("up", "dev", "--yes", "--json", *pack_options(keep, settings), code=1)
    (refused,) = [event for event in violations(ran) if event["mandatory"]]
    assert (refused["policy"], refused["urn"].rpartition("::")[2]) == ("tls-buckets", "there")
    assert ("CreateBucket", "eu-west-1") in calls(keep)
    assert ran.summary["status"] == "failed"


def test_a_waived_finding_is_not_reported_and_an_expired_waiver_is(keep: Keep) -> None:
    write_project(keep, BUCKET.format(region="us-east-1"))
    entry = {"reason": "moved to an agreed region in spring", "owner": "security@example.com"}
    bucket = {**entry, "rule": "region-resources", "urn": "*aws:s3/bucket:Bucket::there", "expires": "2020-01-01"}
    old = json.dumps([bucket]).replace('"2020-01-01"', "2020-01-01")
    (keep.root / "waivers.yaml").write_text(old)
    settings = {"waivers": {"file": str(keep.root / "waivers.yaml")}}
    reported = violations(keep.sandbox("preview", "dev", "--json", *pack_options(keep, settings), code=1))
    assert ("region-resources", True) in {(event["policy"], event["mandatory"]) for event in reported}
    (expired,) = [event for event in reported if event["policy"] == "waivers"]
    assert "ran out on 2020-01-01; security@example.com renews it or takes it out" in expired["message"]
    assert not expired["mandatory"]

    (keep.root / "waivers.yaml").write_text(old.replace("2020-01-01", today().isoformat()))
    reported = violations(keep.sandbox("preview", "dev", "--json", *pack_options(keep, settings), code=None))
    assert {event["policy"] for event in reported} & {"region-resources", "waivers"} == set()


def test_a_stack_without_an_agreement_cannot_be_judged(keep: Keep) -> None:
    write_project(keep, BUCKET.format(region="eu-west-1"))
    (keep.root / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"aws:region": "eu-central-1"}}))
    ran = keep.sandbox("up", "dev", "--yes", "--json", *pack_options(keep), code=1)
    assert "stack dev cannot be judged: the configuration holds none of codekeep:tenant" in ran.out
    assert calls(keep) == []


def test_the_compliant_demo_passes_before_and_after(keep: Keep) -> None:
    """Every rule mandatory: what is undecided at the preview is decided, and well, when it is deployed.

    What the project waives is not reported, but what the waivers are for is.
    """
    (keep.root / "policies").mkdir()
    waivers = shutil.copy(ROOT / "policies" / "waivers.yaml", keep.root / "policies")
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    (keep.root / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "main": str(ROOT / project["main"])}))
    (keep.root / "Pulumi.demo.yaml").write_text((ROOT / "Pulumi.demo.yaml").read_text())
    previewed = violations(keep.sandbox("preview", "demo", "--json", *pack_options(keep)))
    assert split(reported_by_pack(previewed))[0] == Counter()
    assert previewed

    ran = keep.sandbox("up", "demo", "--yes", "--json", *pack_options(keep))
    assert ran.summary["resources"]["create"] > 300
    assert violations(ran) == []
    facts = Facts.of(Project.find(keep.root).config("demo", lambda _: lambda _: "secret").values)
    standing = reported_by_check(state_of(keep, project["name"], "demo"), facts)
    ours = [each for each in load_waivers(Path(waivers), today()) if not each.rule.startswith("CKV")]
    waived = {each.rule for each in ours if "*-controllers-" in each.urn}
    assert {rule for rule, _, _ in standing} == waived
