"""What a region's shared platform, and a pooled keep on it, are built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.compute.cluster_access import ClusterAccess
from components.compute.pool import Pool
from components.keep.plans import (
    AdoptedNetworkPlan,
    BudgetPlan,
    GitLinkPlan,
    KeysPlan,
    NetworkPlan,
    RegistryLinkPlan,
    SearchPlan,
    SloPlan,
)
from components.keep.platform_ref import PlatformRef
from components.naming import DataClass, Keep, Tier
from components.storage.bucket import LockMode


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """`keep` is the platform itself, as if it were a tenant; `retention_days` as in TenantEnvironmentArgs."""

    keep: Keep
    network: NetworkPlan | AdoptedNetworkPlan
    pools: tuple[Pool, ...]
    search: SearchPlan
    retention_days: Mapping[DataClass, int]
    budget: BudgetPlan
    link_domains: tuple[str, ...] = ()  # hosts behind the tenants' private links
    keys: KeysPlan = field(default_factory=KeysPlan)
    slo: SloPlan = field(default_factory=SloPlan)
    cluster_access: tuple[ClusterAccess, ...] = ()
    account_detectors: bool = True
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class PooledTenantArgs:
    """A pooled keep: everything that holds its data is its own, the machines are the platform's."""

    keep: Keep
    platform: PlatformRef
    git_links: tuple[GitLinkPlan, ...]
    retention_days: Mapping[DataClass, int]
    entry_principal_arns: tuple[str, ...]
    budget: BudgetPlan
    registry_links: tuple[RegistryLinkPlan, ...] = ()
    keys: KeysPlan = field(default_factory=KeysPlan)
    slo: SloPlan = field(default_factory=SloPlan)
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False

    def __post_init__(self) -> None:
        if self.keep.tier is not Tier.POOLED:
            raise ValueError(f"keep must be of tier pooled, got {self.keep.tier.value}; use TenantEnvironment")
