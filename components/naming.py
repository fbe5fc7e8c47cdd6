"""Names, tags and ARNs of a keep's resources, all derived from the keep."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from codekeep_contracts import physical_names
from codekeep_contracts.text_types import TENANT_PATTERN

from components.arns import arn

TAG_PREFIX = physical_names.PREFIX
LABEL_PREFIX = "codekeep.dev"  # for our labels on Kubernetes objects and nodes


class Tier(StrEnum):
    """Tier of a keep: how much of its infrastructure it shares."""

    POOLED = "pooled"
    DEDICATED = "dedicated"
    PREMIUM = "premium"


class DataClass(StrEnum):
    """Kind of customer data that a resource stores or transports. Each stored kind has its own key and retention."""

    CODE = "code"  # repositories, clones, caches, queue messages about them
    INDEX = "index"  # chunks, embeddings, symbols
    MODEL = "model"  # weights, adapters, checkpoints
    EVAL = "eval"  # evaluation artifacts and reports
    PROMPT = "prompt"  # stored prompts: only with opt-in
    AUDIT = "audit"  # trails and access records
    LOG = "log"  # metadata-only logs and metrics
    SECRET = "secret"  # noqa: S105 - a class of data, not a password
    CONFIG = "config"  # infrastructure without customer data


@dataclass(frozen=True, kw_only=True)
class Keep:
    """The keep that a component belongs to. Plain values, not Inputs: a preview must know them to name things."""

    tenant: str
    tier: Tier
    region: str
    account_id: str
    deployer_role_arn: str
    spec_digest: str
    extra_tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.match(TENANT_PATTERN, self.tenant):
            raise ValueError(
                f"tenant must be 3-20 lower-case letters, digits or hyphens starting with a letter, got {self.tenant!r}"
            )

    def logical(self, *parts: str) -> str:
        """Pulumi name of a resource: `<tenant>-<part>-<part>`. Changing one replaces somebody's infrastructure."""
        return "-".join((self.tenant, *parts))

    def physical(self, *parts: str) -> str:
        """Name inside AWS, where it must be known before the resource exists: `codekeep-<tenant>-<part>...`."""
        return physical_names.physical_name(self.tenant, *parts)

    def global_name(self, *parts: str, region: str | None = None) -> str:
        """Name unique across AWS (buckets): the physical name with account and region."""
        return physical_names.global_name(self.tenant, *parts, account_id=self.account_id, region=region or self.region)

    @property
    def namespace(self) -> str:
        """Kubernetes namespace: one per keep, even in a cluster without other keeps."""
        return self.physical()

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """ARN of a resource in the keep's account, known before the resource exists."""
        return arn(service, resource, region=region or self.region, account_id=self.account_id)

    def tags(self, data_class: DataClass, *, region: str | None = None, name: str | None = None) -> dict[str, str]:
        """Tags of one resource. The spec's own come first, so that they cannot override ours.

        The spec's digest is not among them: every edit of the spec would change every resource. See SpecDigest.
        """
        named = {"Name": name} if name else {}
        return {
            **self.extra_tags,
            **named,
            f"{TAG_PREFIX}:tenant": self.tenant,
            f"{TAG_PREFIX}:tier": self.tier.value,
            f"{TAG_PREFIX}:data-class": data_class.value,
            f"{TAG_PREFIX}:region": region or self.region,
        }
