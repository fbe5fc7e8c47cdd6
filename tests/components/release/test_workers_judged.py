"""All background workers together: no rule finds a violation, and every object is valid by the schemas."""

from typing import Any

import pytest

from policies.rule import Family
from policies.rules.kubernetes._pods import POD_PATHS
from tests.components.release.judged import findings
from tests.components.release.namespaced import faults, faults_of, in_namespace, manifest, objects
from tests.components.release.workers import everything, graph

FAMILIES = (Family.KUBERNETES, Family.SUPPLY, Family.LOGGING, Family.COST, Family.IDENTITY)


def test_all_workers_pass_the_rules() -> None:
    assert sum(node.type in POD_PATHS for node in objects(graph())) == 7
    assert findings(in_namespace(everything), FAMILIES) == []


def test_every_object_is_valid_for_an_api_server() -> None:
    kinds = {node.type.rpartition(":")[2] for node in objects(graph())}
    assert kinds >= {"CronJob", "Deployment", "RayCluster", "RayJob", "ScaledJob"}
    assert faults(graph()) == []


@pytest.mark.parametrize("kind", ["RayCluster", "RayJob", "ScaledJob", "TriggerAuthentication"])
def test_a_misspelt_field_of_a_custom_resource_is_refused(kind: str) -> None:
    things = [manifest(node) for node in objects(graph()) if node.type.endswith(f":{kind}")]
    assert things
    for thing in things:
        spelt: dict[str, Any] = {**thing, "spec": {**thing["spec"], "misspelt": 1}}
        assert any("spec.misspelt" in each for each in faults_of(spelt))


def test_deploying_starts_no_job() -> None:
    """Servers and scalers start at once; jobs wait for a schedule, a message or a user."""
    assert not [node for node in objects(graph()) if node.type.endswith((":Job", ":Pod"))]
    suspended = {
        node.inputs["metadata"]["name"]: node.inputs["spec"].get("suspend")
        for node in objects(graph())
        if node.type.endswith((":CronJob", ":RayJob"))
    }
    assert {name for name, is_suspended in suspended.items() if is_suspended} == {"reindex"}
    assert {name for name, is_suspended in suspended.items() if not is_suspended} == {
        "access-sync",
        "ingest-nightly",
    }
