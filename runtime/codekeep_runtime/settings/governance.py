"""What is kept, for how long, what may leave the process, and the objectives it is measured by."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_runtime.settings.base import Arn, SettingsModel

LogRetentionDays = Literal[30, 60, 90, 120, 150, 180, 365, 400, 545, 731]


class Retention(SettingsModel):
    """Days each data class is kept."""

    code: Annotated[int, Field(ge=1, le=365)] = 30
    index: Annotated[int, Field(ge=1, le=365)] = 30
    model: Annotated[int, Field(ge=30, le=1096)] = 365
    eval: Annotated[int, Field(ge=7, le=1096)] = 180
    audit: Annotated[int, Field(ge=365, le=3653)] = 400
    audit_lock: Literal["compliance", "governance"] = "compliance"
    log: LogRetentionDays = 90


class AuditSettings(SettingsModel):
    """The key that seals the record of who saw what: of KMS, for SIGN_VERIFY on NIST P-256."""

    signing_key_arn: Arn


class PromptSettings(SettingsModel):
    """Whether prompts are stored; where they are, they are redacted and expire."""

    enabled: bool
    redaction: Literal[True]
    retention_days: Annotated[int, Field(ge=0, le=90)]
    approved_by: Annotated[str, Field(max_length=80)] | None


class LoggingSettings(SettingsModel):
    """The allow-list of fields that may leave the process. No value of `bodies` logs them."""

    allowed_fields: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$", max_length=32)], ...],
        Field(min_length=1, max_length=64),
    ]
    bodies: Literal[False]
    level: Literal["info", "warning", "error"]


class Slo(SettingsModel):
    """Objectives; latencies are 95th percentiles."""

    availability_percent: Annotated[float, Field(ge=99.0, le=99.99)] = 99.5
    chat_first_token_ms: Annotated[int, Field(ge=100, le=10_000)] = 1500
    autocomplete_ms: Annotated[int, Field(ge=50, le=2000)] = 300
    retrieval_ms: Annotated[int, Field(ge=20, le=5000)] = 250
    index_freshness_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    ingest_success_percent: Annotated[float, Field(ge=90.0, le=100.0)] = 99.0
