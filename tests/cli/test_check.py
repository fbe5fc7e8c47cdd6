"""`codekeep check`: which stacks it checks, its reports and its exit codes."""

import json
import socket
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft4Validator

from policies.reports import FORMATS
from stacks.cli.check_command import FORMAT_NAMES
from stacks.cli.main import cli
from stacks.project import Project
from stacks.sessions.check.changes import changed_stacks
from tests.cli.conftest import Keep

ROOT = Path(__file__).resolve().parents[2]
SARIF = json.loads((ROOT / "tests/policies/data/sarif-2.1.0.json").read_text())
REGIONS = "codekeep:allowedRegions=eu-west-1"

PLAIN = """
import pulumi
import pulumi_aws as aws

settings = pulumi.Config("plain")
key = aws.kms.Key("data", enable_key_rotation=settings.get_bool("rotates"))
aws.s3.Bucket("far", region=settings.get("far") or "eu-west-1")
pulumi.export("key", key.arn)
"""


@pytest.fixture
def plain(keep: Keep) -> Keep:
    """A folder with a program and no Pulumi project."""
    (keep.root / "plain").mkdir()
    (keep.root / "plain" / "__main__.py").write_text(PLAIN)
    return keep


def checked(keep: Keep, *arguments: str, code: int | None = None) -> dict[str, Any]:
    """The JSON report of a call."""
    return dict(json.loads(keep.run("check", *arguments, "--format", "json", code=code).out))


def findings(document: dict[str, Any], rule: str) -> list[tuple[str, str]]:
    """Name of the resource and property of each violation of a rule."""
    return [
        (each["urn"].rpartition("::")[2], each["property"])
        for stack in document["stacks"]
        for each in stack["violations"]
        if each["rule"] == rule
    ]


def waiver(**changes: object) -> dict[str, object]:
    entry: dict[str, object] = {
        "rule": "key-rotation",
        "urn": "urn:pulumi:check::*aws:kms/key:Key::data",
        "reason": "imported key material cannot rotate by itself",
        "owner": "security@example.com",
        "expires": date.today() + timedelta(days=30),  # noqa: DTZ011 - a day more or less is the same
    }
    return {**entry, **changes}


def written(keep: Keep, *entries: dict[str, object]) -> str:
    path = keep.root / "waivers.yaml"
    path.write_text(yaml.safe_dump(list(entries)))
    return str(path)


def test_every_report_format_is_offered() -> None:
    assert set(FORMAT_NAMES) == FORMATS.keys()


def test_a_program_is_checked_without_a_project_an_engine_or_a_network(
    plain: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plain.root)

    def refuse(*_: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    arguments = ["check", "--program", "plain", "--config", REGIONS, "--config", "aws:region=eu-west-1"]
    arguments += ["--config", "plain:far=us-east-1", "--format", "json"]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    document = json.loads(result.stdout)
    assert result.exit_code == document["exitCode"] == 1
    assert findings(document, "region-resources") == [("far", "region")]
    assert findings(document, "key-rotation") == [("data", "enableKeyRotation")]
    (stack,) = document["stacks"]
    (key,) = [each for each in stack["violations"] if each["rule"] == "key-rotation"]
    assert key["source"] == {"file": "__main__.py", "line": 6}


def test_configuration_reaches_the_program(plain: Keep) -> None:
    arguments = ("--program", "plain", "--config", REGIONS, "--config", "aws:region=eu-west-1")
    broken = checked(plain, *arguments)
    kept = checked(plain, *arguments, "--config", "rotates=true")
    assert findings(broken, "key-rotation")
    assert not findings(kept, "key-rotation")


def test_a_waived_finding_does_not_fail_the_check_and_stays_in_the_report(plain: Keep) -> None:
    arguments = ("--program", "plain", "--config", REGIONS, "--config", "aws:region=eu-west-1")
    before = checked(plain, *arguments)
    after = checked(plain, *arguments, "--waivers", written(plain, waiver()))
    assert findings(before, "key-rotation")
    assert not findings(after, "key-rotation")
    assert [each["waiver"]["owner"] for each in after["stacks"][0]["waived"]] == ["security@example.com"]
    assert after["unusedWaivers"] == after["expiredWaivers"] == []


def test_expired_and_unused_waivers_are_reported(plain: Keep) -> None:
    arguments = ("--program", "plain", "--config", REGIONS, "--config", "aws:region=eu-west-1")
    old = waiver(expires=date.today() - timedelta(days=2))  # noqa: DTZ011 - a day more or less is the same
    unused = waiver(urn="urn:pulumi:check::*::nobody")
    elsewhere = waiver(rule="CKV_AWS_7")
    document = checked(plain, *arguments, "--waivers", written(plain, old, unused, elsewhere), code=1)
    assert [each["urn"] for each in document["expiredWaivers"]] == [old["urn"]]
    assert [each["urn"] for each in document["unusedWaivers"]] == [unused["urn"]]
    assert findings(document, "key-rotation")


def test_an_invalid_waiver_file_is_refused(plain: Keep) -> None:
    ran = plain.run(
        "check", "--program", "plain", "--config", REGIONS, "--waivers", written(plain, waiver(reason="no")), code=2
    )
    assert "reason must say why" in ran.err


def test_each_format_is_written_to_its_file_and_the_terminal_shows_the_source(plain: Keep) -> None:
    files = {name: f"out/{name}" for name in FORMAT_NAMES}
    pairs = [argument for name, file in files.items() for argument in ("--format", name, "--output", file)]
    ran = plain.run(
        "check", "--program", "plain", "--config", REGIONS, "--config", "aws:region=eu-west-1", *pairs, code=1
    )
    assert "__main__.py:6" in ran.out
    texts = {name: (plain.root / file).read_text() for name, file in files.items()}
    assert list(Draft4Validator(SARIF).iter_errors(json.loads(texts["sarif"]))) == []
    assert json.loads(texts["json"])["exitCode"] == 1
    assert texts["junit"].startswith("<?xml")
    assert texts["checklist-md"].startswith("# Compliance checklist")
    assert texts["checklist-html"].startswith("<!doctype html>")
    assert "| check | ❌ violations |" in texts["summary-md"]
    assert texts["terminal"].strip() in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what to check by one of STACK, --all, --changed-since, --graph, --program"),
        (("--all", "dev"), "got STACK and --all"),
        (("nope",), "no stack 'nope'"),
        (("dev", "--config", "a=b"), "--config is for --program and --graph"),
        (("--program", ".", "--config", "a"), "--config must be KEY=VALUE, got 'a'"),
        (("--program", "program"), "pass --config codekeep:allowedRegions"),
        (("--graph", "nowhere.json"), "nowhere.json: cannot be read as JSON"),
        (("--graph", "Pulumi.dev.yaml"), "no graph as `codekeep graph --format json` prints it"),
        (("dev", "--format", "json", "--format", "sarif"), "all but the last --format need an --output"),
        (("dev", "--output", "a", "--output", "b"), "pair them"),
        (("dev", "--waivers", "none.yaml"), "none.yaml"),
    ],
)
def test_invalid_input_ends_with_exit_code_2(keep: Keep, arguments: tuple[str, ...], message: str) -> None:
    keep.write()
    ran = keep.run("check", *arguments, code=2)
    assert message in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_a_stack_that_cannot_be_checked_is_reported_and_the_others_are_checked(keep: Keep) -> None:
    broken = 'import pulumi\nif pulumi.get_stack() == "bad": raise ValueError("no such pool")\n'
    regions = {"codekeep:allowedRegions": ["eu-west-1"]}
    keep.write("bad", program=broken)
    for stack in ("bad", "good"):
        (keep.root / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": regions}))
    (keep.root / "Pulumi.none.yaml").write_text(json.dumps({"config": {}}))
    ran = keep.run("check", "--all", "--format", "json", code=2)
    document = json.loads(ran.out)
    assert [stack["stack"] for stack in document["stacks"]] == ["good"]
    assert [fault["stack"] for fault in document["faults"]] == ["bad", "none"]
    assert "no such pool" in document["faults"][0]["message"]
    assert "bad cannot be judged: the program of stack bad failed: ValueError: no such pool" in ran.err
    assert "[3/3]" in ran.err


def test_quiet_prints_nothing_without_findings(keep: Keep) -> None:
    keep.write("dev", program="import pulumi\n")
    keep.write("too", program="import pulumi\n")
    for stack in ("dev", "too"):
        (keep.root / f"Pulumi.{stack}.yaml").write_text(
            json.dumps({"config": {"codekeep:allowedRegions": "eu-west-1"}})
        )
    ran = keep.run("check", "--all", "--quiet")
    assert (ran.out, ran.err) == ("", "")
    assert "2 stacks: 2 clean" in keep.run("check", "dev", "too").out


def test_a_saved_graph_gets_the_verdicts_of_its_stack(tmp_path: Path) -> None:
    """Checks the shipped pooled keep together with its platform."""
    repository = Keep(ROOT)
    saved = tmp_path / "pico.json"
    saved.write_text(repository.run("graph", "pico", "--format", "json").out)
    from_stack = checked(repository, "pico")
    from_file = checked(repository, "--graph", str(saved))
    assert from_file == from_stack
    (stack,) = from_file["stacks"]
    assert sum(rule["resources"] > 0 for rule in stack["rules"]) >= 10
    assert stack["undecided"] == []
    assert "$unknown" not in saved.read_text().split('"nodes"')[0]


def test_more_than_a_default_quota_is_a_warning(plain: Keep) -> None:
    addresses = "import pulumi_aws as aws\nfor at in range(6):\n    aws.ec2.Eip(f'a{at}')\n"
    (plain.root / "plain" / "__main__.py").write_text(addresses)
    arguments = ("check", "--program", "plain", "--config", "codekeep:allowedRegions=eu-west-1")
    warning = "EC2-VPC Elastic IPs: 6 in"
    assert warning in plain.run(*arguments, code=None).err
    assert warning not in plain.run(*arguments, "--quiet", code=None).err


@pytest.fixture
def versioned(keep: Keep) -> Keep:
    """Three stacks in a git repository; `pooled` uses the platform of stack `base`."""
    keep.write("base", program="import pulumi\n")
    for stack in ("base", "other", "pooled"):
        config: dict[str, object] = {"codekeep:allowedRegions": "eu-west-1"}
        (keep.root / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": config}))
    (keep.root / "docs").mkdir()
    (keep.root / ".gitignore").write_text(".codekeep\n__pycache__\n")
    git(keep, "init", "-q", "-b", "main")
    commit(keep)
    return keep


def git(keep: Keep, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *who, *arguments], cwd=keep.root, check=True, env={**keep.environment}, capture_output=True)


def commit(keep: Keep) -> None:
    git(keep, "add", "-A")
    git(keep, "commit", "-q", "-m", "x")


def since(keep: Keep, ref: str = "main") -> list[str]:
    return [stack["stack"] for stack in checked(keep, "--changed-since", ref, "--quiet", code=0)["stacks"]]


def test_only_stacks_whose_file_changed_are_checked(versioned: Keep) -> None:
    git(versioned, "checkout", "-q", "-b", "work")
    file = versioned.root / "Pulumi.other.yaml"
    file.write_text(f"# changed\n{file.read_text()}")
    assert since(versioned) == ["other"]  # not committed yet
    commit(versioned)
    assert since(versioned) == ["other"]
    (versioned.root / "Pulumi.fresh.yaml").write_text(file.read_text())
    assert since(versioned) == ["fresh", "other"]


def test_all_stacks_are_checked_if_the_program_changed(versioned: Keep) -> None:
    (versioned.root / "program" / "more.py").write_text("")
    assert since(versioned) == ["base", "other", "pooled"]
    commit(versioned)
    (versioned.root / "policies").mkdir()
    (versioned.root / "policies" / "waivers.yaml").write_text("[]")
    assert since(versioned, "HEAD") == ["base", "other", "pooled"]


def test_a_changed_platform_is_checked_with_its_keeps(versioned: Keep) -> None:
    project = Project.find(versioned.root)
    tenant = {"codekeep:tenant": {"platform": {"stack": "base"}}}
    (versioned.root / "Pulumi.pooled.yaml").write_text(json.dumps({"config": tenant}))
    commit(versioned)
    file = versioned.root / "Pulumi.base.yaml"
    file.write_text(f"# changed\n{file.read_text()}")
    assert changed_stacks(project, "HEAD") == ["base", "pooled"]


def test_without_changes_the_check_passes_and_every_report_is_written(versioned: Keep) -> None:
    (versioned.root / "docs" / "note.md").write_text("x")
    pairs = [argument for name in FORMAT_NAMES for argument in ("--format", name, "--output", f".codekeep/{name}")]
    ran = versioned.run("check", "--changed-since", "main", *pairs)
    assert "no stack changed since main" in ran.err
    log = json.loads((versioned.home / "sarif").read_text())
    assert list(Draft4Validator(SARIF).iter_errors(log)) == []
    assert "No stack to check." in (versioned.home / "summary-md").read_text()


@pytest.mark.parametrize("ref", ["nowhere", "--help", "HEAD:Pulumi.yaml"])
def test_an_unknown_ref_is_refused(versioned: Keep, ref: str) -> None:
    ran = versioned.run("check", f"--changed-since={ref}", code=2)
    assert f"--changed-since {ref}: git rev-parse failed" in ran.err
    assert "fetched with its history" in ran.err
