"""What a customer's security review requires of a keep: the lines of the compliance checklist."""

from collections.abc import Mapping
from enum import StrEnum


class Requirement(StrEnum):
    """Auditors quote the ids: they are never reused."""

    REGION_LOCK = "R1"
    ISOLATION = "R2"
    DEDICATED_TENANCY = "R3"
    ENCRYPTION_AT_REST = "R4"
    ENCRYPTION_IN_TRANSIT = "R5"
    ACCESS_CONTROL = "R6"
    AUDIT = "R7"
    NO_CODE_IN_LOGS = "R8"
    PROMPT_OPT_IN = "R9"
    RETENTION = "R10"
    SUPPLY_CHAIN = "R11"
    COST_CONTROL = "R12"

    @property
    def statement(self) -> str:
        """The requirement in the reviewer's words."""
        return _STATEMENTS[self]


_STATEMENTS: Mapping[Requirement, str] = {
    Requirement.REGION_LOCK: "Code and everything derived from it stays in the regions agreed with the customer.",
    Requirement.ISOLATION: "Nothing reaches the keep from outside, and nothing leaves it, but by the paths agreed.",
    Requirement.DEDICATED_TENANCY: "What the tier promises to be the customer's own is shared with nobody.",
    Requirement.ENCRYPTION_AT_REST: "Everything stored is encrypted with keys made for this customer, which rotate.",
    Requirement.ENCRYPTION_IN_TRANSIT: "Every connection is TLS 1.2 or later; plain HTTP is refused.",
    Requirement.ACCESS_CONTROL: "Every identity may do what its work needs and no more; no key lives for long.",
    Requirement.AUDIT: "Access to code and changes to the keep are recorded, and the record cannot be erased.",
    Requirement.NO_CODE_IN_LOGS: "No log, trace or metric contains source code: metadata only.",
    Requirement.PROMPT_OPT_IN: "Prompts are stored only with the customer's opt-in, redacted, and for a limited time.",
    Requirement.RETENTION: "Data is kept as long as agreed, is recoverable meanwhile, and is gone afterwards.",
    Requirement.SUPPLY_CHAIN: "Images, models and machine images are pinned to exact versions from agreed sources.",
    Requirement.COST_CONTROL: "Cost is predictable: budgets alert, pools and caps are bounded.",
}
