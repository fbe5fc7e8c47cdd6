"""Services that scale by themselves scale the bill by themselves."""

from collections.abc import Iterator

from policies.conditions import Expectation, between
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, cost_rule
from policies.rules._types import DOMAINS
from policies.rules.cost._common import FRAMEWORKS

TABLE, DATABASE = "aws:dynamodb/table:Table", "aws:rds/cluster:Cluster"
IOPS, SEARCH_NODES, VOLUME_GIB = between(0, 16_000), between(0, 20), between(0, 6144)
REQUESTS, CAPACITY_UNITS = between(0, 40_000), between(0, 64)

RULE = cost_rule(
    id="capped-services",
    title="Databases, volumes and search domains have caps on what they may use",
    severity=Severity.MEDIUM,
    applies_to=(TABLE, DOMAINS[0], "aws:ebs/volume:Volume", DATABASE),
    requirement=Requirement.COST_CONTROL,
    why="Throughput on demand and provisioned IOPS have no natural end: one retrying loop makes them the largest item.",
    remedy="set the property to what the keep was sized for",
    frameworks=FRAMEWORKS,
    expects={
        DOMAINS[0]: (
            Expectation("clusterConfig.instanceCount", SEARCH_NODES, optional=True),
            Expectation("clusterConfig.warmCount", SEARCH_NODES, optional=True),
            Expectation("ebsOptions.volumeSize", VOLUME_GIB, optional=True),
            Expectation("ebsOptions.iops", IOPS, optional=True),
        ),
        "aws:ebs/volume:Volume": (Expectation("iops", IOPS, optional=True),),
        DATABASE: (Expectation("iops", IOPS, optional=True),),
    },
)


@RULE.check
def on_demand_is_capped(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == TABLE and first(node.inputs, "billingMode") == "PAY_PER_REQUEST":  # else the capacity is the cap
        for field in ("maxReadRequestUnits", "maxWriteRequestUnits"):
            yield from RULE.require(node, f"onDemandThroughput.{field}", REQUESTS)
    if node.type == DATABASE and first(node.inputs, "serverlessv2ScalingConfiguration") is not MISSING:
        yield from RULE.require(node, "serverlessv2ScalingConfiguration.maxCapacity", CAPACITY_UNITS)
