"""All background workers of a keep, as one program."""

from dataclasses import replace
from functools import cache

from codekeep_contracts.roles import QueueRole

from components.compute.pool import PoolRole
from components.observe.runtime_logs import ACCESS_PART, PARTS
from components.release.access_sync import AccessSync
from components.release.base import by_digest
from components.release.index_workers import IndexWorkers, IndexWorkersArgs
from components.release.ingest import Ingest, IngestArgs
from components.release.telemetry import IMAGE, Telemetry, TelemetryArgs
from policies.graph import ResourceGraph
from tests.components.release.bases import DIGEST, REGISTRY, make_base
from tests.components.release.namespaced import fake_queue, graph_of, in_namespace


def everything() -> None:
    """A program with the caps of a mid-sized keep that has a pool for batch work on GPUs."""
    base = make_base()
    base = replace(base, images={**base.images, IMAGE: by_digest(f"{REGISTRY}/codekeep-acme/{IMAGE}", DIGEST)})
    AccessSync("acme-access-sync", base)
    ingest = fake_queue(QueueRole.INGEST)
    Ingest("acme-ingest", IngestArgs(base=base, queue=ingest, concurrent_jobs=8, repositories=500, repository_gib=10))
    IndexWorkers(
        "acme-index",
        IndexWorkersArgs(
            base=base, settings_digest="d", max_workers=8, reindex_workers=2, reindex_role=PoolRole.GPU_BATCH
        ),
    )
    groups = {part: f"/codekeep/acme/runtime/{part}" for part in (*PARTS, ACCESS_PART)}
    Telemetry("acme-telemetry", TelemetryArgs(base=base, log_group_names=groups))


@cache
def graph() -> ResourceGraph:
    """What the program registers, with the namespace."""
    return graph_of(in_namespace(everything))
