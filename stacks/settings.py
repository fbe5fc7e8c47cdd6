"""RuntimeSettings: the one document the runtime reads in a keep; a stack writes it as its output `runtimeSettings`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from stacks.spec import TenantSpec, digest
from stacks.spec.access import Caps, Oidc, Slo, Team
from stacks.spec.base import AccountId, DisplayName, HostName, Label, Port, RegionName, SpecModel, TenantName, Tier
from stacks.spec.compute import Model, ModelName, ModelRole, Prefixes, Revision
from stacks.spec.network import GitLink, RegistryLink
from stacks.spec.protection import Retention

SCHEMA_VERSION = 1  # 1: first
MODEL_PORT = 8000
LOGGED_FIELDS = (
    "timestamp",
    "level",
    "event",
    "component",
    "version",
    "tenant",
    "team",
    "reader_id",
    "request_id",
    "trace_id",
    "route",
    "method",
    "status",
    "duration_ms",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "repository_id",
    "commit",
    "chunk_count",
    "skip_reason",
    "error_kind",
    "retry",
)
"""What a log line, span or metric may carry: identifiers, counts and times. No text a person or a repository wrote."""

Fact = TypeVar("Fact")
Arn = Annotated[str, Field(pattern=r"^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:.{1,512}$", max_length=600)]
Url = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s]*)?$", max_length=512)]
BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", max_length=63)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$", max_length=32)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", max_length=63)]


class TenantFacts(SpecModel):
    """Whose keep this is and where its data may be."""

    name: TenantName
    display_name: DisplayName
    tier: Tier
    account_id: AccountId
    region: RegionName
    allowed_regions: Annotated[tuple[RegionName, ...], Field(min_length=1, max_length=6)]
    recovery_region: RegionName | None
    spec_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", max_length=12)]


class IndexSettings(SpecModel):
    """The vector index; every index and alias of the keep starts with `prefix`, and requests name them in the path."""

    endpoint: Url
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}_$", max_length=42)]
    dimension: Annotated[int, Field(ge=64, le=4096)]
    key_arn: Arn


class BucketSettings(SpecModel):
    """One bucket: objects of the keep lie under `prefix` and are encrypted with `key_arn`."""

    name: BucketName
    prefix: Annotated[str, Field(pattern=r"^([a-z0-9-]+/)*$", max_length=128)]
    key_arn: Arn | None


class QueueSettings(SpecModel):
    """One work queue and where its failed messages go."""

    url: Url
    dead_letter_url: Url


class EntrySettings(SpecModel):
    """The way in: where the gateway finds its certificate, chain and key (PEM)."""

    certificate_secret_arn: Arn


class AuditSettings(SpecModel):
    """The key that seals the record of who saw what."""

    signing_key_arn: Arn


class GitLinkSettings(SpecModel):
    """A Git host, what to read there, and where its credentials lie."""

    name: Label
    kind: Literal["github-enterprise", "gitlab"]
    host: HostName
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)]
    repositories: Annotated[tuple[str, ...], Field(max_length=5000)]
    groups: Annotated[tuple[str, ...], Field(max_length=200)]
    token_secret_arn: Arn
    webhook_secret_arn: Arn


class RegistryLinkSettings(SpecModel):
    """A package registry and where its credentials lie."""

    name: Label
    kind: str = Field(max_length=32)
    host: HostName
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)]
    ecosystems: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    token_secret_arn: Arn


class ModelSettings(SpecModel):
    """A served model, reached only inside the cluster."""

    role: ModelRole
    name: ModelName
    revision: Revision
    url: Url
    context_tokens: Annotated[int, Field(ge=256, le=262144)]
    dimension: Annotated[int, Field(ge=64, le=4096)] | None
    prefixes: Prefixes | None
    max_adapters: Annotated[int, Field(ge=0, le=32)]


class AccessSettings(SpecModel):
    """Sign-in and the teams' repositories; whoever is in no team sees nothing."""

    oidc: Oidc
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=500)]
    confirmed_by_git_hosts: bool


class PromptSettings(SpecModel):
    """Whether prompts are stored; where they are, they are redacted and expire."""

    enabled: bool
    redaction: Literal[True]
    retention_days: Annotated[int, Field(ge=0, le=90)]
    approved_by: str | None = Field(max_length=80)


class LoggingSettings(SpecModel):
    """The allow-list of fields that may leave the process; there is no switch that logs bodies."""

    allowed_fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=64)]
    bodies: Literal[False]
    level: Literal["info", "warning", "error"]


class RuntimeSettings(SpecModel):
    """What the runtime of one keep needs to know. Secrets are named, never held."""

    schema_version: Literal[1]
    tenant: TenantFacts
    namespace: Name
    entry: EntrySettings
    index: IndexSettings
    audit: AuditSettings
    keys: Annotated[dict[Name, Arn], Field(min_length=1, max_length=8)]
    buckets: Annotated[dict[Name, BucketSettings], Field(min_length=1, max_length=8)]
    queues: Annotated[dict[Name, QueueSettings], Field(min_length=1, max_length=8)]
    git_links: Annotated[tuple[GitLinkSettings, ...], Field(min_length=1, max_length=10)]
    registry_links: Annotated[tuple[RegistryLinkSettings, ...], Field(max_length=10)]
    models: Annotated[tuple[ModelSettings, ...], Field(min_length=3, max_length=4)]
    access: AccessSettings
    retention: Retention
    prompts: PromptSettings
    caps: Caps
    slo: Slo
    logging: LoggingSettings


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket as deployed."""

    name: str
    key_arn: str | None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue as deployed."""

    url: str
    dead_letter_url: str


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What only the deployment knows, by plain names; the spec gives the rest."""

    index_endpoint: str  # host name, without scheme
    index_prefix: str
    objects_prefix: str
    namespace: str
    key_arns: Mapping[str, str]
    buckets: Mapping[str, Bucket]
    queues: Mapping[str, Queue]
    git_token_arns: Mapping[str, str]  # this and the next two by the link's name
    webhook_secret_arns: Mapping[str, str]
    registry_token_arns: Mapping[str, str]
    certificate_secret_arn: str
    audit_signing_key_arn: str


def runtime_settings(spec: TenantSpec, deployed: Deployed) -> RuntimeSettings:
    """The document for a keep, from its spec and what its deployment gave.

    Raises:
        ValueError: a link's secret or the index's key is not among what was deployed, or a value has not its form.
    """
    return RuntimeSettings.model_validate_json(json.dumps(settings_document(spec, deployed)))


def settings_document(spec: TenantSpec, deployed: Deployed) -> dict[str, Any]:
    """The same not yet validated: at a preview, stand-ins take the place of what only the cloud knows.

    Raises:
        ValueError: a link's secret or the index's key is not among what was deployed.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "tenant": _tenant(spec),
        "namespace": deployed.namespace,
        "entry": {"certificate_secret_arn": deployed.certificate_secret_arn},
        "index": {
            "endpoint": f"https://{deployed.index_endpoint}",
            "prefix": deployed.index_prefix,
            "dimension": spec.vector_index.dimension,
            "key_arn": _needed(deployed.key_arns, "index", "key"),
        },
        "audit": {"signing_key_arn": deployed.audit_signing_key_arn},
        "keys": dict(sorted(deployed.key_arns.items())),
        "buckets": {
            role: {"name": bucket.name, "prefix": deployed.objects_prefix, "key_arn": bucket.key_arn}
            for role, bucket in sorted(deployed.buckets.items())
        },
        "queues": {role: asdict(queue) for role, queue in sorted(deployed.queues.items())},
        "git_links": [_git_link(link, deployed) for link in spec.git_links],
        "registry_links": [_registry_link(link, deployed) for link in spec.registry_links],
        "models": [_model(model, deployed.namespace) for model in spec.models],
        "access": spec.access.model_dump(mode="json", include={"oidc", "teams", "confirmed_by_git_hosts"}),
        "retention": spec.retention.model_dump(mode="json"),
        "prompts": _prompts(spec),
        "caps": spec.caps.model_dump(mode="json"),
        "slo": spec.slo.model_dump(mode="json"),
        "logging": {"allowed_fields": list(LOGGED_FIELDS), "bodies": False, "level": "info"},
    }


def model_url(role: str, namespace: str) -> str:
    """Where a model's service answers inside the cluster."""
    return f"http://model-{role}.{namespace}.svc.cluster.local:{MODEL_PORT}"


def _tenant(spec: TenantSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "display_name": spec.display_name,
        "tier": spec.tier,
        "account_id": spec.account.id,
        "region": spec.regions.primary,
        "allowed_regions": list(spec.regions.allowed),
        "recovery_region": spec.regions.recovery,
        "spec_digest": digest(spec),
    }


def _git_link(link: GitLink, deployed: Deployed) -> dict[str, Any]:
    return {
        **link.model_dump(mode="json", exclude={"endpoint_service"}),
        "token_secret_arn": _needed(deployed.git_token_arns, link.name, "token secret"),
        "webhook_secret_arn": _needed(deployed.webhook_secret_arns, link.name, "webhook secret"),
    }


def _registry_link(link: RegistryLink, deployed: Deployed) -> dict[str, Any]:
    return {
        **link.model_dump(mode="json", exclude={"endpoint_service"}),
        "token_secret_arn": _needed(deployed.registry_token_arns, link.name, "token secret"),
    }


def _model(model: Model, namespace: str) -> dict[str, Any]:
    told = {"role", "name", "revision", "context_tokens", "dimension", "prefixes"}
    return {
        **model.model_dump(mode="json", include=told),
        "url": model_url(model.role, namespace),
        "max_adapters": model.lora.max_adapters if model.lora else 0,
    }


def _prompts(spec: TenantSpec) -> dict[str, Any]:
    storage = spec.prompt_storage
    return {
        "enabled": storage.enabled,
        "redaction": True,
        "retention_days": storage.retention_days or 0,
        "approved_by": storage.approved_by,
    }


def _needed(deployed: Mapping[str, Fact], name: str, what: str) -> Fact:
    if name not in deployed:
        raise ValueError(f"no {what} of {name!r} was deployed (there are: {', '.join(sorted(deployed)) or 'none'})")
    return deployed[name]
