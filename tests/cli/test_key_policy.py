"""`codekeep key-policy`, and where the other commands say that it is needed."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from stacks.cli.main import cli

HELD = ("code", "code-replica", "index", "index-replica")  # of acme


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_one_policy_is_printed_for_each_key_that_the_customer_holds() -> None:
    ran = run("key-policy", "acme")
    assert ran.exit_code == 0
    decoder, rest, found = json.JSONDecoder(), ran.stdout, []
    while rest.strip():
        document, end = decoder.raw_decode(rest.lstrip())
        found.append(document)
        rest = rest.lstrip()[end:]
    assert len(found) == len(HELD)
    assert {each["Statement"][0]["Sid"] for each in found} == {"HolderAdministers"}
    assert [line.partition(":")[0] for line in ran.stderr.splitlines()] == list(HELD)
    assert "arn:aws:kms:eu-west-1:777788889999:key/mrk-" in ran.stderr


def test_the_policies_are_written_as_files(tmp_path: Path) -> None:
    ran = run("key-policy", "acme", "--output", str(tmp_path / "policies"))
    assert ran.exit_code == 0
    assert sorted(file.stem for file in (tmp_path / "policies").iterdir()) == sorted(HELD)
    nodes = json.loads((tmp_path / "policies" / "code.json").read_text())
    assert "KeepGrantsNodes" in {each["Sid"] for each in nodes["Statement"]}


def test_a_keep_that_holds_its_own_keys_has_nothing_to_write() -> None:
    ran = run("key-policy", "demo")
    assert ran.exit_code == 2
    assert "name them in keys.customer_held" in ran.output


def test_a_check_of_the_spec_says_what_the_holder_must_do() -> None:
    ran = run("spec", "check", "Pulumi.acme.yaml")
    assert ran.exit_code == 0
    assert "codekeep key-policy acme" in ran.output
    assert "to do" not in run("spec", "check", "Pulumi.demo.yaml").output
    found = json.loads(run("spec", "check", "Pulumi.acme.yaml", "--json").output)
    assert len(found["notices"]) == 1
