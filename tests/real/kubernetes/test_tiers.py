"""A real API server accepts every Kubernetes object of the three tiers, and those that the rules' tests start from; it
serves no custom kind but those that they define."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.facts import Facts
from policies.graph import ResourceGraph
from stacks.project import Project
from stacks.sessions.manifests import manifests_in, not_single_objects
from stacks.sessions.recording import StackRecorder, config_of
from tests.policies.rules import kubernetes_objects
from tests.real.kubernetes.api import Api, version_of
from tests.real.kubernetes.references import References
from tests.stacks.programs import PLATFORM

ROOT = Path(__file__).resolve().parents[3]
Object = dict[str, Any]


def _recorded(stack: str) -> tuple[ResourceGraph, Facts]:
    project = Project.find(ROOT)
    return StackRecorder(project).graph(stack), Facts.of(config_of(project, stack).values)


GRAPHS: dict[str, Callable[[], list[tuple[ResourceGraph, Facts]]]] = {
    "dedicated": lambda: [_recorded("demo")],
    "premium": lambda: [_recorded("acme")],
    "pooled": lambda: [_recorded(PLATFORM), _recorded("pico")],  # on the same cluster
    "rules": lambda: [(kubernetes_objects.graph(), kubernetes_objects.FACTS)],  # valid ones
}


@pytest.fixture(scope="module", params=GRAPHS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    """A tier's objects in the order of applying them, with made-up values where only a deployment has the real ones."""
    found: list[Object] = []
    for graph, facts in GRAPHS[request.param]():
        references = References(facts.account_id, facts.primary_region)
        assert not_single_objects(graph) == []
        found += [references.resolve(manifest.document) for manifest in manifests_in(graph)]
    return found


@pytest.fixture
def applied(bare_api: Api, objects: list[Object]) -> Iterator[list[Object]]:
    """The objects as the server stored them."""
    done: list[Object] = []
    try:
        for thing in objects:
            done.append(bare_api.apply(thing))
        bare_api.settle()
        yield done
    finally:
        for thing in reversed(done):
            bare_api.delete(thing)
        bare_api.settle()


def test_every_object_is_accepted_unchanged_when_applied_again_and_deleted(
    bare_api: Api, objects: list[Object], applied: list[Object]
) -> None:
    assert len(applied) == len(objects) > 0
    for thing, before in zip(objects, applied, strict=True):
        after = bare_api.apply(thing)
        assert version_of(after) == version_of(before), _shown(thing)
    for thing in reversed(applied):
        bare_api.delete(thing)
    assert [_shown(thing) for thing in applied if bare_api.get(thing) is not None] == []


def test_every_pod_that_controllers_would_create_is_admitted(bare_api: Api, applied: list[Object]) -> None:
    """Pod security, quotas, limit ranges, priority classes and admission policies judge pods, not what makes them."""
    pods = [pod for thing in applied for pod in bare_api.pods_of(thing)]
    assert pods
    refusals = {pod["metadata"]["name"]: reason for pod in pods if (reason := bare_api.refused(pod))}
    assert refusals == {}


def _shown(thing: Object) -> str:
    return f"{thing['kind']} {thing['metadata']['name']}"
