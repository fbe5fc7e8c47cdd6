"""A trail over all regions gathers, in one place, what happened in each; one of another region gathers ours there."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS

TRAIL = "aws:cloudtrail/trail:Trail"

RULE = Rule(
    id="region-trail",
    title="The trail belongs to the keep's own account and is no organization trail",
    severity=Severity.HIGH,
    family=Family.REGION_LOCK,
    applies_to=(TRAIL,),
    requirement=Requirement.REGION_LOCK,
    why="An organization trail copies the events of this keep, with object names in them, into another account.",
    remedy="use components.observe.audit, whose trail writes to the keep's own bucket",
    frameworks=FRAMEWORKS,
)


@RULE.check
def trail_stays(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(node, "isOrganizationTrail", lambda value: value is False, "must be false", optional=True)
