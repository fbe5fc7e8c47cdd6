"""What a region's shared platform, and a pooled keep on it, are built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codekeep_contracts.settings.governance import Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.cluster_access import ClusterAccess
from components.compute.pool import Pool
from components.keep.platform_ref import PlatformRef
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep, Tier
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.observe.budget_plan import BudgetPlan
from components.storage.bucket import LockMode
from components.storage.search_plan import SearchPlan


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
    slo: Slo = field(default_factory=Slo)
    cluster_access: tuple[ClusterAccess, ...] = ()
    has_detectors: bool = False  # GuardDuty and Access Analyzer watch the account already
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class PooledTenantArgs:
    """A pooled keep: everything that holds its data is its own, the machines are the platform's."""

    keep: Keep
    platform: PlatformRef
    git_links: tuple[GitLinkSpec, ...]
    retention_days: Mapping[DataClass, int]
    entry_principal_arns: tuple[str, ...]
    budget: BudgetPlan
    registry_links: tuple[RegistryLinkSpec, ...] = ()
    keys: KeysPlan = field(default_factory=KeysPlan)
    slo: Slo = field(default_factory=Slo)
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False

    def __post_init__(self) -> None:
        if self.keep.tier is not Tier.POOLED:
            raise ValueError(f"keep must be of tier pooled, got {self.keep.tier.value}; use TenantEnvironment")
