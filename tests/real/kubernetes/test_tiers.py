"""A real API server accepts every Kubernetes object of the three tiers, and those that the rules' tests start from."""

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
from tests.real.kubernetes.api import Api
from tests.real.kubernetes.references import References

ROOT = Path(__file__).resolve().parents[3]
Object = dict[str, Any]


def _recorded(stack: str) -> tuple[ResourceGraph, Facts]:
    project = Project.find(ROOT)
    return StackRecorder(project).graph(stack), Facts.of(config_of(project, stack).values)


GRAPHS: dict[str, Callable[[], tuple[ResourceGraph, Facts]]] = {
    "dedicated": lambda: _recorded("demo"),
    "premium": lambda: _recorded("acme"),
    "pooled": lambda: _recorded("pico"),
    "rules": lambda: (
        kubernetes_objects.graph(),
        kubernetes_objects.FACTS,
    ),  # valid ones
}


@pytest.fixture(scope="module", params=GRAPHS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    """A tier's objects in the order of applying them, with made-up values where only a deployment has the real ones."""
    graph, facts = GRAPHS[request.param]()
    references = References(facts.account_id, facts.primary_region)
    assert not_single_objects(graph) == []
    return [references.resolve(manifest.document) for manifest in manifests_in(graph)]


@pytest.fixture
def applied(api: Api, objects: list[Object]) -> Iterator[list[Object]]:
    """The objects as the server stored them."""
    done: list[Object] = []
    try:
        for thing in objects:
            done.append(api.apply(thing))
        api.settle()
        yield done
    finally:
        for thing in reversed(done):
            api.delete(thing)
        api.settle()


def test_every_object_is_accepted_unchanged_when_applied_again_and_deleted(
    api: Api, objects: list[Object], applied: list[Object]
) -> None:
    assert len(applied) == len(objects) > 0
    for thing, before in zip(objects, applied, strict=True):
        after = api.apply(thing)
        assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"], _shown(thing)
    for thing in reversed(applied):
        api.delete(thing)
    assert [_shown(thing) for thing in applied if api.get(thing) is not None] == []


def test_every_pod_that_controllers_would_create_is_admitted(api: Api, applied: list[Object]) -> None:
    """Pod security, quotas, limit ranges, priority classes and admission policies judge pods, not what makes them."""
    pods = [pod for thing in applied for pod in api.pods_of(thing)]
    assert pods
    refusals = {pod["metadata"]["name"]: reason for pod in pods if (reason := api.refused(pod))}
    assert refusals == {}


def _shown(thing: Object) -> str:
    return f"{thing['kind']} {thing['metadata']['name']}"
