"""Regions, retention, audit, stored prompts, logging and objectives of a keep."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_contracts.model import StrictModel
from codekeep_contracts.text_types import Arn, PersonName, RegionName, ZoneName

LogRetentionDays = Literal[30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$", max_length=32)]


class Regions(StrictModel):
    """Regions in which the customer's data may be."""

    primary: RegionName
    allowed: Annotated[tuple[RegionName, ...], Field(min_length=1, max_length=6)]
    recovery: RegionName | None = None
    recovery_zones: Annotated[tuple[ZoneName, ...], Field(max_length=3)] = ()
    """Zones of the recovery region, as many as `network.zones`."""


class Retention(StrictModel):
    """How long each data class is kept, in days."""

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


class AuditSettings(StrictModel):
    """The KMS key (SIGN_VERIFY on NIST P-256) that signs the audit records."""

    signing_key_arn: Arn


class PromptStorage(StrictModel):
    """Whether prompts are stored at all; on requires redaction, a retention and a named approver."""

    enabled: bool = False
    redaction: bool = True
    retention_days: Annotated[int, Field(ge=1, le=90)] | None = None
    approved_by: PersonName | None = None


class LoggingSettings(StrictModel):
    """The allow-list of fields that may leave the process. No value of `bodies` logs them."""

    allowed_fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=64)]
    bodies: Literal[False]
    level: Literal["info", "warning", "error"]


class Slo(StrictModel):
    """Objectives the alarms watch; latencies are 95th percentiles."""

    availability_percent: Annotated[float, Field(ge=99.0, le=99.99)] = 99.5
    chat_first_token_ms: Annotated[int, Field(ge=100, le=10_000)] = 1500
    autocomplete_ms: Annotated[int, Field(ge=50, le=2000)] = 300
    retrieval_ms: Annotated[int, Field(ge=20, le=5000)] = 250
    index_freshness_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    ingest_success_percent: Annotated[float, Field(ge=90.0, le=100.0)] = 99.0
