"""Zones, and the hosts and reservations placed in them, belong to a region."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.references import reference_of
from policies.reading import Found
from policies.regions import region_of_zone
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = region_rule(
    id="region-zones",
    title="Every availability zone belongs to an allowed region",
    severity=Severity.CRITICAL,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="A zone, local zone or outpost places machines and their disks.",
    remedy="use the zones of network.zones, which the spec binds to the primary region",
    frameworks=FRAMEWORKS,
)


@RULE.check
def zones_in_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    for path in ("availabilityZone", "availabilityZones[*]") if node.package == "aws" else ():
        yield from RULE.each(node, path, lambda found: _zone(node, found, case))


def _zone(node: Node, found: Found, case: Case) -> Iterator[Finding]:
    if reference_of(found.value):
        return
    region = region_of_zone(str(found.value))
    if region is None:
        yield RULE.violation(node, found.path, f"names {found.value}, which is no zone of a region")
    else:
        yield from outside(RULE, node, found.path, [region], case)
