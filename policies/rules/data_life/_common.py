"""The frameworks that the data-life rules serve, and what completes a resource with data."""

from collections.abc import Iterator

from policies.data_class import has_unknown_class
from policies.graph import Node, ResourceGraph
from policies.rule import Case, Finding, Rule

KEPT = {"SOC 2": ("A1.2",), "ISO 27001": ("A.8.13", "A.8.10")}  # what must not be lost
GONE = {"SOC 2": ("C1.2",), "ISO 27001": ("A.5.33", "A.8.10")}  # what must not outlive its time


def companions(bucket: Node, graph: ResourceGraph, *types: str) -> list[Node]:
    """Resources that complete a bucket: its versioning, its lifecycle, its replication."""
    return graph.referrers(bucket, "bucket", *types)


def agreed_days(data_class: str | None, case: Case) -> int | None:
    """Days for which the spec keeps a data class; None where it does not say."""
    return case.facts.retention_days.get(data_class) if data_class else None


def unknown_class(rule: Rule, node: Node) -> Iterator[Finding]:
    """Undecided where the tags do not say yet which data the resource contains."""
    if has_unknown_class(node):
        yield rule.undecided(node, "tags", "which data it contains is not known yet")
