"""The demo keep on the sandbox over a real API server: up creates its objects, a second up changes none, destroy
removes all.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from stacks.project import Project
from stacks.sessions.manifests import manifests_in
from stacks.sessions.recording import StackRecorder
from tests.cli.conftest import Keep
from tests.real.kubernetes.api import Api, version_of

ROOT = Path(__file__).resolve().parents[3]
STACK = "demo"
SEARCH_ROLES = f"search-roles-{STACK}"
Object = dict[str, Any]


@pytest.fixture
def keep(tmp_path: Path, bare_api: Api) -> Iterator[Keep]:
    """The project's program and its demo stack, in a sandbox whose kubernetes provider uses the real server."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "main": str(ROOT / project["main"])}))
    (tmp_path / f"Pulumi.{STACK}.yaml").write_text((ROOT / f"Pulumi.{STACK}.yaml").read_text())
    hidden = ("AWS_", "CODEKEEP_", "PULUMI_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    keep = Keep(tmp_path, {**environment, "CODEKEEP_SANDBOX_KUBECONFIG": str(bare_api.kubeconfig)})
    try:
        yield keep
    finally:
        keep.sandbox("destroy", STACK, "--yes", code=None)
        keep.run("sandbox", "stop", code=None)
        bare_api.settle()


def test_up_creates_a_keeps_objects_a_second_up_changes_none_and_destroy_removes_them(
    keep: Keep, bare_api: Api
) -> None:
    recorded = [dict(manifest.document) for manifest in manifests_in(StackRecorder(Project.find(ROOT)).graph(STACK))]
    # The Job's name contains a digest of the roles' ARNs, which only the deployment knows.
    things = [thing for thing in recorded if not _shown(thing).startswith(f"Job {SEARCH_ROLES}-")]
    assert len(things) == len(recorded) - 1
    keep.sandbox("up", STACK, "--yes", "--json")
    before = [bare_api.get(thing) for thing in things]
    assert [_shown(thing) for thing, live in zip(things, before, strict=True) if live is None] == []

    jobs = bare_api.kubectl("get", "jobs", "--namespace", SEARCH_NAMESPACE, "--output", "name").stdout.split()
    assert [job.rpartition("-")[0] for job in jobs] == [f"job.batch/{SEARCH_ROLES}"]

    again = keep.sandbox("up", STACK, "--yes", "--json")
    assert set(again.summary["counts"]) == {"same"}, again.summary
    assert [_version(bare_api.get(thing)) for thing in things] == [_version(live) for live in before]

    drift = keep.sandbox("refresh", STACK, "--yes", "--json")
    assert [event for event in drift.documents if "kubernetes:" in str(event) and event.get("op") == "update"] == []

    keep.sandbox("destroy", STACK, "--yes", "--json")
    assert [_shown(thing) for thing in things if bare_api.get(thing) is not None] == []


def _version(live: Object | None) -> str:
    assert live is not None
    return version_of(live)


def _shown(thing: Object) -> str:
    return f"{thing['kind']} {thing['metadata']['name']}"
