"""`codekeep images`: list, check, render, lock, matrix."""

import json

import pytest
from click.testing import CliRunner

from images.catalog import BUILDS
from stacks.cli.images_commands import images
from stacks.cli.main import COMMANDS
from tests.images.documents import copy_of_images, replace


def run(*arguments):
    return CliRunner().invoke(images, arguments)


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = copy_of_images(tmp_path)
    (root / "Pulumi.yaml").write_text("name: codekeep\nruntime: python\nmain: stacks\n")
    monkeypatch.chdir(root)
    return root


def test_the_command_is_there():
    assert COMMANDS["images"][0] == "stacks.cli.images_commands"


def test_list_names_every_build():
    rows = json.loads(run("list", "--json").output)
    assert [(row["name"], row["variant"]) for row in rows] == [(image.name, image.variant) for image in BUILDS]
    assert all("@sha256:" in row["base"] for row in rows)
    assert "code-copilot-serve-cu12 (vllm)" in run("list").output


def test_check_finds_a_changed_file_and_render_repairs_it(project):
    replace(project / "images/compat/Dockerfile", "USER 65532:65532", "USER root")
    changed = run("check", "--json")
    assert changed.exit_code == 1
    found = {(each["file"], each["check"]) for each in json.loads(changed.output)["faults"]}
    assert {file for file, _ in found} == {"images/compat/Dockerfile"}
    assert {"stale", "DL3002"} <= {check for _, check in found}  # hadolint: the last user should not be root
    assert run("render").output.split() == ["images/compat/Dockerfile"]
    assert run("check").exit_code == 0


def test_lock_says_when_uv_is_missing(project, monkeypatch):
    monkeypatch.setenv("PATH", "")
    result = run("lock")
    assert result.exit_code == 1
    assert "pip install uv" in result.output


def test_lock_knows_its_images(project):
    result = run("lock", "code-chat")
    assert result.exit_code == 2
    assert "allowed: code-ingest-parse" in result.output


def test_matrix_prints_everything_or_judges_one_combination():
    everything = json.loads(run("matrix", "--json").output)
    assert everything["baseline"] == {**everything["baseline"], "cuda": "12.8", "driver": 580}
    inside = run("matrix", "--image", "code-copilot-serve-cu12", "--gpu", "g6e.12xlarge", "--json")
    assert json.loads(inside.output)["runs"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--image", "compat", "--gpu", "p6-b200.48xlarge"), "trtllm-1.0 is not for B200"),
        (("--image", "code-copilot-serve-cu12", "--gpu", "L4", "--driver", "570"), "branch 580 and later"),
        (("--image", "code-batch-review", "--gpu", "L4"), "needs no GPU"),
        (("--image", "code-batch-review"), "by --image and --gpu"),
        (("--gpu", "L4"), "by --image and --gpu"),
    ],
)
def test_matrix_refuses_what_is_outside(arguments, message):
    done = run("matrix", *arguments)
    assert done.exit_code == 2
    assert message in done.output
