"""The official pulumi CLI with the sandbox's providers, started by codekeep and directly."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Keep, Ran

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="no pulumi on PATH: install the Pulumi CLI to run this"),
]


@pytest.fixture
def pulumi_keep(keep: Keep) -> Keep:
    """A project with the environment variables of `codekeep sandbox env`."""
    keep.write()
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (keep.root / "Pulumi.yaml").write_text(json.dumps({"name": "small", "runtime": runtime, "main": "program"}))
    exports = keep.run("sandbox", "env").out
    shown = subprocess.run(
        ["bash", "-c", f"{exports}\nenv -0"], env=dict(keep.environment), capture_output=True, text=True, check=True
    )
    environment = dict(entry.split("=", 1) for entry in shown.stdout.split("\0") if entry)
    return Keep(keep.root, environment)


def pulumi(keep: Keep, *arguments: str) -> Ran:
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=keep.root,
        env=dict(keep.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Ran(code=0, out=done.stdout, err=done.stderr)


def test_the_plugin_wrappers_are_on_the_sandboxs_path_only(pulumi_keep: Keep) -> None:
    found = shutil.which("pulumi-resource-aws", path=pulumi_keep.environment["PATH"])
    assert found is not None
    assert Path(found).is_relative_to(pulumi_keep.home)
    assert shutil.which("pulumi-resource-aws", path=os.environ["PATH"]) is None
    assert pulumi_keep.environment["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(pulumi_keep.home / "passphrase")


def test_codekeep_drives_pulumi_with_the_same_output(pulumi_keep: Keep) -> None:
    keep = pulumi_keep
    assert "preview of dev succeeded: 3 to create" in keep.run("preview", "dev").out
    first = keep.run("up", "dev", "--yes", "--json")
    assert first.summary["engine"] == "pulumi"
    assert first.summary["resources"] == {"create": 3}
    assert first.summary["outputs"]["token"] == "[secret]"
    assert keep.run("up", "dev", "--yes", "--json").summary["resources"] == {"same": 3}

    settings = (keep.root / "Pulumi.dev.yaml").read_text()
    (keep.root / "program" / "__main__.py").write_text(
        PROGRAM.replace("or 7", "or 9").replace('get("bucket")', 'get("b") or "x-1"')
    )
    change = keep.run("preview", "dev")
    assert "deletionWindowInDays: 7 → 9" in change.out
    assert "+- store (aws:s3/bucket:Bucket)  replaced because of bucket" in change.out
    assert "1 to update, 1 to replace, 1 unchanged" in change.out
    assert "1 updated, 1 replaced, 1 unchanged" in keep.run("up", "dev", "--yes").out

    graph = keep.run("graph", "dev", "--from", "state", "--format", "json")
    assert "canary" not in graph.out + change.out + first.out + settings
    assert any(node["type"] == "aws:kms/key:Key" for node in json.loads(graph.out)["nodes"])
    assert "refresh of dev succeeded" in keep.run("refresh", "dev", "--yes").out
    assert "destroy of dev succeeded: 3 deleted" in keep.run("destroy", "dev", "--yes").out


def test_pulumi_and_the_sandbox_engine_continue_each_others_states(pulumi_keep: Keep) -> None:
    keep = pulumi_keep
    pulumi(keep, "stack", "init", "dev")
    pulumi(keep, "up", "-s", "dev", "--yes", "--skip-preview")
    assert keep.sandbox("up", "dev", "--yes", "--json").summary["resources"] == {"same": 3}
    assert "3 unchanged" in keep.sandbox("refresh", "dev", "--yes").out
    again = json.loads(pulumi(keep, "preview", "-s", "dev", "--json").out)
    assert again["changeSummary"].keys() == {"same"}
    pulumi(keep, "destroy", "-s", "dev", "--yes", "--skip-preview")
