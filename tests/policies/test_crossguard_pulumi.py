"""The official pulumi CLI with `--policy-pack policies/crossguard`, over the sandbox's providers."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.facts import Facts
from policies.graph.checkpoint import from_checkpoint
from tests.cli.conftest import Keep
from tests.policies.crossguard import (
    CONFIG,
    PACK,
    ROOT,
    keep_in,
    pack_options,
    reported_by_check,
    reported_by_pack,
    violations,
    write_project,
)

VENV = ROOT / ".venv"
VIOLATING = (Path(__file__).parent / "data" / "violating" / "__main__.py").read_text()

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="no pulumi on PATH: install the Pulumi CLI to run this"),
    pytest.mark.skipif(not VENV.exists(), reason="no .venv, in which pulumi runs the pack: run make setup"),
]


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """A project whose environment is that of `codekeep sandbox env`."""
    plain = keep_in(tmp_path)
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(VENV)}}
    write_project(plain, VIOLATING, runtime)
    exports = plain.run("sandbox", "env").out
    shown = subprocess.run(
        ["bash", "-c", f"{exports}\nenv -0"], env=dict(plain.environment), capture_output=True, text=True, check=True
    )
    yield keep_in(tmp_path, **dict(entry.split("=", 1) for entry in shown.stdout.split("\0") if entry))
    plain.run("sandbox", "stop", code=None)


def pulumi(keep: Keep, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["pulumi", *arguments, "--stack", "dev", "--non-interactive"],
        cwd=keep.root,
        env=dict(keep.environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_pulumi_stops_what_the_pack_refuses(keep: Keep) -> None:
    pulumi(keep, "stack", "init")
    ran = pulumi(keep, "up", "--yes", "--skip-preview", "--policy-pack", str(PACK))
    assert ran.returncode != 0
    assert "[mandatory] [severity: critical]  region-providers" in ran.stdout
    assert "[region-providers] aws away: region names us-east-1" in ran.stdout


def test_pulumi_and_check_give_the_same_verdicts(keep: Keep) -> None:
    lowered = pack_options(keep, {"all": "advisory"})
    deployed = violations(keep.run("up", "dev", "--yes", "--json", "--engine", "pulumi", *lowered))
    exported = pulumi(keep, "stack", "export")
    assert exported.returncode == 0, exported.stderr
    graph = from_checkpoint(json.loads(exported.stdout), "shop", "dev")
    reported = reported_by_pack(deployed)
    assert len(reported) > 30
    expected = reported_by_check(graph, Facts.of(CONFIG))
    looked_up = {node.urn for node in graph if node.options.get("external")}  # pulumi tells no analyzer of those
    assert reported == Counter({each: count for each, count in expected.items() if each[1] not in looked_up})
    assert "canary" not in json.dumps(deployed)
