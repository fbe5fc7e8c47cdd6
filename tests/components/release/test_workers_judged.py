"""All that works in the background, together, before the rules and before an API server's schemas."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from components.pool import PoolRole
from components.queue_ref import QueueRole
from components.release.base import by_digest
from components.release.evals import Evals, EvalsArgs
from components.release.finetune import Finetune, FinetuneArgs
from components.release.index_workers import IndexWorkers, IndexWorkersArgs
from components.release.ingest import Ingest, IngestArgs
from components.release.review_workers import ReviewWorkers, ReviewWorkersArgs
from components.release.telemetry import IMAGE, Telemetry, TelemetryArgs
from components.runtime_logs import ACCESS_PART, PARTS
from policies.graph import ResourceGraph
from policies.rule import Family
from policies.rules.kubernetes._pods import POD_PATHS
from stacks.settings import LOGGED_FIELDS
from tests.components.release.bases import DIGEST, REGISTRY, make_base
from tests.components.release.judged import findings
from tests.components.release.namespaced import fake_queue, faults, faults_of, graph_of, in_namespace, manifest, objects

FAMILIES = (Family.KUBERNETES, Family.SUPPLY, Family.LOGGING, Family.COST, Family.IDENTITY)


def everything() -> None:
    base = make_base()
    base = replace(base, images={**base.images, IMAGE: by_digest(f"{REGISTRY}/codekeep-acme/{IMAGE}", DIGEST)})
    ingest, review = fake_queue(QueueRole.INGEST), fake_queue(QueueRole.REVIEW)
    Ingest("acme-ingest", IngestArgs(base=base, queue=ingest, concurrent_jobs=8, repositories=500, repository_gib=10))
    IndexWorkers(
        "acme-index",
        IndexWorkersArgs(
            base=base, settings_digest="d", max_workers=8, reindex_workers=2, reindex_role=PoolRole.GPU_BATCH
        ),
    )
    ReviewWorkers("acme-review", ReviewWorkersArgs(base=base, settings_digest="d", queue=review, max_workers=5))
    Finetune("acme-finetune", FinetuneArgs(base=base, gpus=1))
    Evals("acme-evals", EvalsArgs(base=base))
    groups = {part: f"/codekeep/acme/runtime/{part}" for part in (*PARTS, ACCESS_PART)}
    Telemetry("acme-telemetry", TelemetryArgs(base=base, allowed_fields=LOGGED_FIELDS, log_group_names=groups))


@cache
def graph() -> ResourceGraph:
    return graph_of(in_namespace(everything))


def test_the_rules_find_nothing() -> None:
    assert sum(node.type in POD_PATHS for node in objects(graph())) == 9
    assert findings(in_namespace(everything), FAMILIES) == []


def test_an_api_server_would_take_all_of_it() -> None:
    kinds = {node.type.rpartition(":")[2] for node in objects(graph())}
    assert kinds >= {"CronJob", "Deployment", "RayCluster", "RayJob", "ScaledJob", "ScaledObject"}
    assert faults(graph()) == []


@pytest.mark.parametrize("kind", ["RayCluster", "RayJob", "ScaledJob", "ScaledObject", "TriggerAuthentication"])
def test_a_misspelt_field_of_a_custom_resource_would_be_refused(kind: str) -> None:
    things = [manifest(node) for node in objects(graph()) if node.type.endswith(f":{kind}")]
    assert things
    for thing in things:
        spelt: dict[str, Any] = {**thing, "spec": {**thing["spec"], "misspelt": 1}}
        assert any("spec.misspelt" in each for each in faults_of(spelt))


def test_deploying_starts_no_run() -> None:
    """Servers and scalers begin by themselves; jobs wait for their clock, for a message or for somebody."""
    assert not [node for node in objects(graph()) if node.type.endswith((":Job", ":Pod"))]
    suspended = {
        node.inputs["metadata"]["name"]: node.inputs["spec"].get("suspend")
        for node in objects(graph())
        if node.type.endswith((":CronJob", ":RayJob"))
    }
    assert suspended == {"ingest-nightly": False, "finetune": True, "evals": False, "reindex": True}
