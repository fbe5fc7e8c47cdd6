"""What the data-life rules share: frameworks, buckets and what completes them."""

from policies.graph import Node, ResourceGraph
from policies.graph.model import BUCKET_TYPES
from policies.rule import Case

KEPT = {"SOC 2": ("A1.2",), "ISO 27001": ("A.8.13", "A.8.10")}  # what must not be lost
GONE = {"SOC 2": ("C1.2",), "ISO 27001": ("A.5.33", "A.8.10")}  # what must not outlive its time

BUCKET = BUCKET_TYPES[0]


def companions(bucket: Node, graph: ResourceGraph, *types: str) -> list[Node]:
    """Resources that complete a bucket: its versioning, its lifecycle, its replication."""
    return graph.referrers(bucket, "bucket", *types)


def agreed_days(data_class: str | None, case: Case) -> int | None:
    """Days that the spec keeps a data class; None where it does not say."""
    return case.facts.retention_days.get(data_class) if data_class else None
