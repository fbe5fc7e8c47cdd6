"""Two keeps in one account: both come up, in either order, and destroying one leaves the other whole."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.live.account import Account
from tests.cli.conftest import Keep

ROOT = Path(__file__).resolve().parents[2]
REGION, ACCOUNT = "eu-central-1", "222233334444"
ROLES = ("/aws-service-role/autoscaling.amazonaws.com/", "/aws-service-role/opensearchservice.amazonaws.com/")
DETECTOR = "aws:guardduty/detector:Detector"
ONCE = {"aws:accessanalyzer/analyzer:Analyzer", DETECTOR, "aws:iam/serviceLinkedRole:ServiceLinkedRole"}


pytestmark = pytest.mark.whole


def write(keep: Keep, name: str) -> None:
    """Writes the stack of a keep: acme, or a copy of demo under another name, in acme's account."""
    (keep.root / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    origin = "acme" if name == "acme" else "demo"
    document = yaml.safe_load((ROOT / f"Pulumi.{origin}.yaml").read_text())
    spec = document["config"]["codekeep:tenant"]
    if origin == "demo":
        role = spec["account"]["deployer_role_arn"].replace(spec["account"]["id"], ACCOUNT)
        spec |= {"name": name, "account": {"id": ACCOUNT, "deployer_role_arn": role}}
    spec["protect"] = False
    (keep.root / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(document))


def account_of(keep: Keep) -> Account:
    url = keep.run("sandbox", "status", "--json").out
    account = Account(region=REGION, endpoint=yaml.safe_load(url)["url"])
    account.enter(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/reader")
    return account


def once(account: Account) -> dict[str, Any]:
    """What the account has once: the detector, the roles, and whether volumes are encrypted by default."""
    iam = account.client("iam", None)
    return {
        "detectors": account.client("guardduty", None).list_detectors()["DetectorIds"],
        "roles": [each["Arn"] for path in ROLES for each in iam.list_roles(PathPrefix=path)["Roles"]],
        "encrypted": account.client("ec2", None).get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
    }


def made(keep: Keep, stack: str, operation: str = "up") -> Mapping[str, int]:
    arguments = (operation, stack, "--json", *(() if operation == "preview" else ("--yes",)))
    ran = keep.sandbox(*arguments, code=None)
    assert ran.code == 0, [each for each in ran.documents if each["event"] == "diagnostic"]
    counts: Mapping[str, int] = ran.summary["resources"]
    return counts


def types_made(keep: Keep, stack: str) -> set[str]:
    graph = yaml.safe_load(keep.sandbox("graph", stack, "--from", "state", "--format", "json").out)
    return {node["type"] for node in graph["nodes"] if not node["options"].get("external")} & ONCE


@pytest.mark.parametrize(("first", "second"), [("demo", "acme"), ("acme", "demo")])
def test_both_come_up_and_destroying_one_leaves_the_other_whole(keep: Keep, first: str, second: str) -> None:
    account, before = bring_up(keep, first, second)
    made(keep, first, "destroy")
    assert once(account) == before
    assert set(made(keep, second, "preview")) <= {"same", "read"}


def test_a_keep_that_goes_finds_again_what_it_left_to_its_twin(keep: Keep) -> None:
    account, before = bring_up(keep, "demo", "twin")
    assert set(made(keep, "demo", "preview")) <= {"same", "read"}  # decides as it did when it came up
    made(keep, "demo", "destroy")
    assert once(account) == before
    assert set(made(keep, "twin", "refresh")) <= {"same", "read"}
    found = json.loads(keep.run("existing", "demo", "--engine", "sandbox").out)
    assert found["detectors"] == {REGION: before["detectors"][0]}
    made(keep, "demo")
    assert once(account) == before
    assert not types_made(keep, "demo")


def bring_up(keep: Keep, first: str, second: str) -> tuple[Account, dict[str, Any]]:
    """Brings up two keeps of one account; the account, and what it has once."""
    write(keep, first)
    write(keep, second)
    made(keep, first)
    account = account_of(keep)
    detectors = once(account)["detectors"]
    made(keep, second)
    found = once(account)
    assert found["detectors"] == detectors
    assert len(detectors) == 1
    assert types_made(keep, first) == ONCE
    assert DETECTOR not in types_made(keep, second)
    return account, found
