"""OpenSearch Service refuses a gp3 volume that is slower than what its size includes."""

from collections.abc import Iterator

from policies.conditions import between, is_number
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, cost_rule
from policies.rules._types import DOMAINS
from policies.rules.cost._common import FRAMEWORKS

# awsdocs/aws-cloudformation-user-guide issue 1324 (2023-05-02),
# hashicorp/terraform-provider-aws issue 39136 (2024-11-26)
SMALL_GIB, SMALL_MIBPS = 200, 125
STEP_GIB, STEP_MIBPS, MAX_MIBPS = 3_072, 250, 2_000
IOPS_PER_GIB, MIN_IOPS, MAX_IOPS = 3, 3_000, 16_000

RULE = cost_rule(
    id="search-volumes",
    title="gp3 volumes of search domains deliver what AWS requires for their size",
    severity=Severity.MEDIUM,
    applies_to=DOMAINS,
    requirement=Requirement.COST_CONTROL,
    why="AWS refuses less in the middle of a deployment, and what it requires is in the price of the storage.",
    remedy="set 250 MiB/s for each started 3 TiB and 3 IOPS a GiB, as components.storage.search_volume does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def fast_enough(node: Node, _: Case) -> Iterator[Finding]:
    kind, size = (first(node.inputs, f"ebsOptions.{name}") for name in ("volumeType", "volumeSize"))
    if kind is MISSING or size is MISSING or (isinstance(kind, str) and kind != "gp3"):
        return
    for path, value in (("ebsOptions.volumeType", kind), ("ebsOptions.volumeSize", size)):
        if not isinstance(value, str) and not is_number(value):
            yield RULE.undecided(node, path)
            return
    throughput, iops = required(int(size))
    yield from RULE.require(node, "ebsOptions.throughput", between(throughput, MAX_MIBPS, "MiB/s"), optional=True)
    yield from RULE.require(node, "ebsOptions.iops", between(iops), optional=True)


def required(volume_gib: int) -> tuple[int, int]:
    """Least MiB/s and IOPS of a volume."""
    steps = -(-volume_gib // STEP_GIB)
    throughput = SMALL_MIBPS if volume_gib < SMALL_GIB else min(MAX_MIBPS, STEP_MIBPS * steps)
    return throughput, max(MIN_IOPS, min(MAX_IOPS, IOPS_PER_GIB * volume_gib))
