"""A key that never rotates makes one leak permanent."""

from policies.conditions import TRUE, Expectation, between
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import KEY

RULE = encryption_rule(
    id="key-rotation",
    title="Every key that encrypts data rotates at least every two years",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="What one leaked key opens must end with that key's next rotation.",
    remedy="create keys with components.keys.TenantKeys, which rotates them",
    frameworks={"CIS AWS": ("3.6",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
    expects={
        KEY: (
            Expectation("enableKeyRotation", TRUE),
            Expectation("rotationPeriodInDays", between(90, 730, "days", text=True), optional=True),  # default: 365
        )
    },
    # A signing key encrypts no data, and KMS does not rotate it.
    exempt=lambda node, _: node.inputs.get("keyUsage") == "SIGN_VERIFY",
)
