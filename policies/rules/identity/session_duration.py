"""A session that lasts half a day is a key that lasts half a day."""

from policies.conditions import Expectation, between
from policies.documents import ROLE
from policies.rule import Requirement, Severity, identity_rule

LONGEST_SECONDS = 14_400

RULE = identity_rule(
    id="session-duration",
    title="Sessions of roles end within four hours",
    severity=Severity.LOW,
    requirement=Requirement.ACCESS_CONTROL,
    why="The keys of a session cannot be taken back; they only end.",
    remedy=f"leave maxSessionDuration out (an hour), or set at most {LONGEST_SECONDS}",
    frameworks={"SOC 2": ("CC6.1",), "ISO 27001": ("A.5.17", "A.5.18", "A.8.5")},
    expects={
        ROLE: (Expectation("maxSessionDuration", between(0, LONGEST_SECONDS, "seconds", text=True), optional=True),)
    },
)
