"""What the data-life rules share: frameworks, buckets and what completes them."""

from collections.abc import Iterator
from typing import Any

from policies.data_class import TAG
from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.reading import first
from policies.rule import Case, Finding, Rule

KEPT = {"SOC 2": ("A1.2",), "ISO 27001": ("A.8.13", "A.8.10")}  # what must not be lost
GONE = {"SOC 2": ("C1.2",), "ISO 27001": ("A.5.33", "A.8.10")}  # what must not outlive its time


def companions(bucket: Node, graph: ResourceGraph, *types: str) -> list[Node]:
    """Resources that complete a bucket: its versioning, its lifecycle, its replication."""
    return graph.referrers(bucket, "bucket", *types)


def agreed_days(data_class: str | None, case: Case) -> int | None:
    """Days that the spec keeps a data class; None where it does not say."""
    return case.facts.retention_days.get(data_class) if data_class else None


def unknown_class(rule: Rule, node: Node) -> Iterator[Finding]:
    """Undecided where the tags do not tell yet which data the resource holds."""
    tags = first(node.inputs, "tags")
    if tags in (UNKNOWN, SECRET) or (isinstance(tags, dict) and tags.get(TAG) in (UNKNOWN, SECRET)):
        yield rule.undecided(node, "tags", "which data it holds is not known yet")


def number(value: Any) -> float:
    """A count, also one written as text; no number is less than any."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
