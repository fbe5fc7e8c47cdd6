"""Without a deployment: a fast start, and exit code 2 and a remedy for every invalid input."""

import json
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from stacks.cli.main import cli
from tests.cli.conftest import Keep

HEAVY = ("boto3", "botocore", "grpc", "moto", "policies", "pulumi", "pulumi_aws", "pydantic", "rich", "sandbox", "yaml")
COMMANDS = (
    "up",
    "preview",
    "refresh",
    "destroy",
    "outputs",
    "graph",
    "key-policy",
    "existing",
    "check",
    "spec",
    "sandbox",
)


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\nsys.argv = ['codekeep', '--help']\nfrom stacks.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(sorted(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    for command in COMMANDS:
        assert f"  {command}" in ran.stdout
    loaded = {name.split(".")[0] for name in json.loads(ran.stderr.replace("'", '"'))}
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_an_unknown_stack_lists_those_there_are(keep: Keep) -> None:
    keep.write("acme").write("demo")
    for command in ("up", "preview", "refresh", "destroy", "outputs", "graph", "existing"):
        ran = keep.run(command, "nope", code=2)
        assert "no stack 'nope'" in ran.err
        assert "stacks of this project: acme, demo" in ran.err


def test_outside_a_project_the_error_says_so(keep: Keep) -> None:
    assert "no Pulumi.yaml in" in keep.run("preview", "dev", code=2).err


def test_a_project_without_its_program_is_an_error(keep: Keep) -> None:
    keep.write()
    (keep.root / "Pulumi.yaml").write_text("name: small\nruntime: python\nmain: elsewhere\n")
    refused = keep.run("preview", "dev", code=2).err
    assert "`main` must be the program's file or folder" in refused
    assert "elsewhere is not there" in refused


def test_a_stack_file_that_is_no_yaml_is_named_with_the_line(keep: Keep) -> None:
    keep.write("dev")
    (keep.root / "Pulumi.dev.yaml").write_text("config:\n  a: [\n")
    ran = keep.run("preview", "dev", "--engine", "sandbox", code=2)
    assert "Pulumi.dev.yaml" in ran.err
    assert "line" in ran.err


@pytest.mark.parametrize("command", ["up", "refresh", "destroy"])
def test_without_a_terminal_changes_need_the_yes_option(keep: Keep, command: str) -> None:
    keep.write()
    ran = keep.sandbox(command, "dev", code=2)
    assert f"codekeep {command} dev --yes" in ran.err
    assert not keep.home.exists()
    assert "--json cannot ask" in keep.sandbox(command, "dev", "--json", code=2).err


def test_all_problems_of_a_spec_are_reported_and_nothing_changes(keep: Keep) -> None:
    keep.write()
    spec = {"name": "UPPER", "tier": "golden", "unknown_field": 1}
    (keep.root / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"codekeep:tenant": spec}}))
    for command in (("up", "--yes"), ("preview",), ("graph",)):
        ran = keep.run(command[0], "dev", *command[1:], "--engine", "sandbox", code=2)
        assert "problems in the spec, nothing was done" in ran.err
        for word in ("UPPER", "golden", "unknown_field", "remedy"):
            assert word in ran.err
    assert not keep.home.exists()


def test_a_stack_never_deployed_has_no_outputs_and_no_state(keep: Keep) -> None:
    keep.write()
    assert "was never brought up" in keep.sandbox("outputs", "dev", code=2).err
    assert "was never brought up" in keep.sandbox("graph", "dev", "--from", "state", code=2).err


def test_the_pulumi_engine_is_refused_where_pulumi_is_not_on_the_path(keep: Keep) -> None:
    keep.write()
    assert "no pulumi on PATH" in keep.run("preview", "dev", "--engine", "pulumi", code=2, PATH="/nowhere").err


def test_the_graph_needs_no_engine_and_no_network(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    keep.write()
    monkeypatch.chdir(keep.root)

    def refuse(*_: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    result = CliRunner().invoke(cli, ["graph", "dev", "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0
    nodes = {node["name"]: node for node in json.loads(result.output)["nodes"] if node["custom"]}
    assert nodes.keys() == {"home", "store", "token"}
    assert nodes["store"]["region"] == "eu-west-1"
    assert "canary" not in result.output
    assert not keep.home.exists()


def test_a_failed_program_is_reported_with_its_reason(keep: Keep) -> None:
    keep.write(program='raise ValueError("retention_days must be 1-3650")')
    ran = keep.run("graph", "dev", code=1)
    assert "retention_days must be 1-3650" in ran.err
    assert "Traceback" not in ran.err
