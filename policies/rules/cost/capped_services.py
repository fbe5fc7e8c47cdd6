"""Services that scale by themselves scale the bill by themselves."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import FRAMEWORKS

TABLE = "aws:dynamodb/table:Table"
DOMAIN = "aws:opensearch/domain:Domain"
VOLUME = "aws:ebs/volume:Volume"
DATABASE = "aws:rds/cluster:Cluster"
SEARCH_NODES_MAX, SEARCH_VOLUME_GIB_MAX, IOPS_MAX, CAPACITY_UNITS_MAX, REQUESTS_MAX = 20, 6144, 16_000, 64, 40_000

RULE = Rule(
    id="capped-services",
    title="Databases, volumes and search domains have caps on what they may use",
    severity=Severity.MEDIUM,
    family=Family.COST,
    applies_to=(TABLE, DOMAIN, VOLUME, DATABASE),
    requirement=Requirement.COST_CONTROL,
    why="Throughput on demand and provisioned IOPS have no natural end: one retrying loop makes them the largest item.",
    remedy="set the property to what the keep was sized for",
    frameworks=FRAMEWORKS,
)


@RULE.check
def capped(node: Node, _: Case) -> Iterator[Finding]:
    yield from _CHECKS[node.type](node)


def _table(node: Node) -> Iterator[Finding]:
    if first(node.inputs, "billingMode") != "PAY_PER_REQUEST":
        return  # provisioned capacity is its own cap
    for field in ("maxReadRequestUnits", "maxWriteRequestUnits"):
        yield from _most(node, f"onDemandThroughput.{field}", REQUESTS_MAX)


def _domain(node: Node) -> Iterator[Finding]:
    yield from _most(node, "clusterConfig.instanceCount", SEARCH_NODES_MAX, optional=True)
    yield from _most(node, "clusterConfig.warmCount", SEARCH_NODES_MAX, optional=True)
    yield from _most(node, "ebsOptions.volumeSize", SEARCH_VOLUME_GIB_MAX, optional=True)
    yield from _most(node, "ebsOptions.iops", IOPS_MAX, optional=True)


def _volume(node: Node) -> Iterator[Finding]:
    yield from _most(node, "iops", IOPS_MAX, optional=True)


def _database(node: Node) -> Iterator[Finding]:
    yield from _most(node, "iops", IOPS_MAX, optional=True)
    if first(node.inputs, "serverlessv2ScalingConfiguration") is not MISSING:
        yield from _most(node, "serverlessv2ScalingConfiguration.maxCapacity", CAPACITY_UNITS_MAX)


def _most(node: Node, path: str, most: int, *, optional: bool = False) -> Iterator[Finding]:
    def holds(value: Any) -> bool:
        return isinstance(value, (int, float)) and 0 <= value <= most

    yield from RULE.require(node, path, holds, f"must be at most {most}", optional=optional)


_CHECKS: Mapping[str, Callable[[Node], Iterator[Finding]]] = {
    TABLE: _table,
    DOMAIN: _domain,
    VOLUME: _volume,
    DATABASE: _database,
}
