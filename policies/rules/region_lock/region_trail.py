"""An organization's trail collects the keep's events in another account."""

from policies.conditions import FALSE, Expectation
from policies.rule import Requirement, Severity, region_rule
from policies.rules._types import TRAIL
from policies.rules.region_lock._common import FRAMEWORKS

RULE = region_rule(
    id="region-trail",
    title="The trail belongs to the keep's own account and is no organization trail",
    severity=Severity.HIGH,
    requirement=Requirement.REGION_LOCK,
    why="An organization trail copies the events of this keep, with object names in them, into another account.",
    remedy="use components.observe.audit, whose trail writes to the keep's own bucket",
    frameworks=FRAMEWORKS,
    expects={TRAIL: (Expectation("isOrganizationTrail", FALSE, optional=True),)},
)
