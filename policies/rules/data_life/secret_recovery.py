"""A keep whose secret was deleted cannot read its repositories any more."""

from policies.conditions import Expectation, between
from policies.rule import Requirement, Severity, data_life_rule
from policies.rules._types import SECRET
from policies.rules.data_life._common import KEPT

RULE = data_life_rule(
    id="secret-recovery",
    title="A deleted secret can be restored for a week at least",
    severity=Severity.MEDIUM,
    requirement=Requirement.RETENTION,
    why="A window of 0 deletes at once, together with the only copy of the customer's token.",
    remedy="leave recovery_window_in_days at 30, as components.keys.secret_slot does",
    frameworks=KEPT,
    expects={SECRET: (Expectation("recoveryWindowInDays", between(7, text=True), optional=True),)},
)
