"""The two kinds of spec: a customer's keep, and a region's shared platform."""

from typing import Annotated, Literal, Self

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.settings.access import Caps
from codekeep_contracts.settings.governance import PromptStorage, Regions, Retention, Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec
from codekeep_contracts.text_types import DisplayName, HostName, TenantName, Tier
from pydantic import Field, model_validator

from stacks.spec.access import Access, Budget, ClusterAccess
from stacks.spec.compute import Model, Pool, SearchDomain, VectorIndex
from stacks.spec.deployer import Deployer
from stacks.spec.network import Account, Network, PlatformUse
from stacks.spec.protection import Keys
from stacks.spec.release import ImageDigest, Release
from stacks.spec.rules import Draft, problems_of_platform, problems_of_tenant

TagKey = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9_.:/=+@-]{1,64}$",
        "1 to 64 letters, digits or _ . : / = + - @",
        "respell the tag's key",
        max_length=64,
    ),
]
TagValue = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9 _.:/=+@-]{0,128}$",
        "up to 128 letters, digits, spaces or _ . : / = + - @, in quotes",
        "respell the tag's value; quote numbers",
        max_length=128,
    ),
]


class TenantDocument(StrictModel):
    """The fields of a keep's spec, each valid alone. TenantSpec adds the rules between them."""

    schema_version: Literal[1]
    name: TenantName
    display_name: DisplayName
    tier: Tier
    protect: bool = True
    """Whether Pulumi and AWS refuse to delete what contains data; a keep is removed only after an `up` with false."""
    platform: PlatformUse | None = None
    """The shared platform; pooled keeps only."""
    account: Account
    regions: Regions
    network: Network | None = None
    """Absent in pooled keeps, which live in the platform's network."""
    deployer: Deployer | None = None
    """The deployer's way to the cluster, without which `up` on AWS stops before it creates anything. Absent in pooled
    keeps, whose deployer comes in by the platform's.
    """
    git_links: Annotated[tuple[GitLinkSpec, ...], Field(min_length=1, max_length=10)]
    registry_links: Annotated[tuple[RegistryLinkSpec, ...], Field(max_length=10)] = ()
    keys: Keys = Keys()
    pools: Annotated[tuple[Pool, ...], Field(max_length=12)] = ()
    """Absent in pooled keeps, which use the platform's pools."""
    models: Annotated[tuple[Model, ...], Field(min_length=3, max_length=4)]
    vector_index: VectorIndex
    release: Release | None = None
    """The release that runs in the keep. Without it the keep has everything but the runtime."""
    retention: Retention = Retention()
    prompt_storage: PromptStorage = PromptStorage()
    access: Access
    cluster_access: Annotated[tuple[ClusterAccess, ...], Field(max_length=20)] = ()
    """Who may access the cluster besides the deployer; not in pooled keeps."""
    caps: Caps
    budget: Budget
    slo: Slo = Slo()
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=20)


class TenantSpec(TenantDocument):
    """One customer's keep. Its construction checks every rule, so each TenantSpec is valid."""

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        problems = list(problems_of_tenant(Draft.of(self)))
        if problems:
            raise ValueError("; ".join(str(problem) for problem in problems))
        return self


class PlatformDocument(StrictModel):
    """The fields of a shared platform's spec."""

    schema_version: Literal[1]
    name: TenantName
    display_name: DisplayName
    protect: bool = True
    """Whether Pulumi and AWS refuse to delete what contains data."""
    account: Account
    regions: Regions
    network: Network
    deployer: Deployer | None = None
    """The deployer's way to the cluster, that of its keeps too; without it `up` on AWS stops before it creates
    anything.
    """
    link_domains: Annotated[tuple[HostName, ...], Field(max_length=200)] = ()
    """Hosts behind the private links of the admitted keeps; no other name resolves."""
    keys: Keys = Keys()
    pools: Annotated[tuple[Pool, ...], Field(min_length=3, max_length=12)]
    search_domain: SearchDomain
    search_roles_image: ImageDigest
    """Of `code-ingest-parse` in the platform's registry, which makes each keep's roles in the search domain as the
    domain's administrator. Never a keep's own.
    """
    retention: Retention = Retention()
    tenants: Annotated[tuple[TenantName, ...], Field(max_length=200)] = ()
    """The pooled keeps admitted here."""
    gpu_nodes: Annotated[int, Field(ge=1, le=400)]
    """Cap on GPU nodes of all pools together."""
    cluster_access: Annotated[tuple[ClusterAccess, ...], Field(max_length=20)] = ()
    budget: Budget
    slo: Slo = Slo()
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=20)


class PlatformSpec(PlatformDocument):
    """One region's shared platform for pooled keeps. Its construction checks every rule."""

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        problems = list(problems_of_platform(Draft.of(self)))
        if problems:
            raise ValueError("; ".join(str(problem) for problem in problems))
        return self


def is_pooled(spec: TenantSpec | PlatformSpec) -> bool:
    """Whether it is a keep on a shared platform, whose network, cluster and registry it uses."""
    return isinstance(spec, TenantSpec) and spec.platform is not None
