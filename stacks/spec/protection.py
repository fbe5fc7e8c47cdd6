"""How a keep's data is protected: keys, retention, prompt storage."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.spec.base import KmsKeyArn, SpecModel, text

KeyedDataClass = Literal["code", "index", "model", "eval", "prompt", "audit", "log", "secret"]
LogRetentionDays = Literal[30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
PersonName = Annotated[
    str,
    text(
        r"^[^\x00-\x1f\x7f@<>]{3,80}$",
        "the name of the person at the customer who approved it, 3 to 80 characters",
        "name the approver as in the signed request",
        longest=80,
    ),
]


class Keys(SpecModel):
    """One key per data class; `customer_held` names keys the customer made and can withdraw."""

    rotation_days: Annotated[int, Field(ge=90, le=730)] = 365
    """Days between automatic rotations (KMS allows 90 to 2560; a keep at most two years)."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    customer_held: dict[KeyedDataClass, KmsKeyArn] = Field(default_factory=dict, max_length=8)


class Retention(SpecModel):
    """Days each data class is kept."""

    code: Annotated[int, Field(ge=1, le=365)] = 30
    index: Annotated[int, Field(ge=1, le=365)] = 30
    model: Annotated[int, Field(ge=30, le=1096)] = 365
    eval: Annotated[int, Field(ge=7, le=1096)] = 180
    audit: Annotated[int, Field(ge=365, le=3653)] = 400
    """Days the audit trail cannot be deleted; a year at least."""
    audit_lock: Literal["compliance", "governance"] = "compliance"
    """Who may shorten the audit's retention: nobody, or a role with the right to bypass it."""
    log: LogRetentionDays = 90
    """Days of metadata-only logs; the periods CloudWatch Logs knows."""


class PromptStorage(SpecModel):
    """Whether prompts are stored at all; on requires redaction, a retention and a named approver."""

    enabled: bool = False
    redaction: bool = True
    retention_days: Annotated[int, Field(ge=1, le=90)] | None = None
    approved_by: PersonName | None = None
