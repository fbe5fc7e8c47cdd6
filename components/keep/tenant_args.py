"""What a dedicated or premium keep is built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codekeep_contracts.settings.governance import Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.cluster_access import ClusterAccess
from components.compute.pool import Pool, PoolRole
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep, Tier
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.observe.budget_plan import BudgetPlan
from components.storage.bucket import LockMode
from components.storage.search_plan import SearchPlan

NEEDED_ROLES = (PoolRole.SYSTEM, PoolRole.INGEST, PoolRole.GPU_SERVE)


@dataclass(frozen=True, kw_only=True)
class TenantEnvironmentArgs:
    """`retention_days` must name CODE, INDEX, MODEL, EVAL, AUDIT and LOG; PROMPT as well only with opt-in."""

    keep: Keep
    network: NetworkPlan | AdoptedNetworkPlan
    git_links: tuple[GitLinkSpec, ...]
    pools: tuple[Pool, ...]
    search: SearchPlan
    retention_days: Mapping[DataClass, int]
    entry_principal_arns: tuple[str, ...]
    budget: BudgetPlan
    registry_links: tuple[RegistryLinkSpec, ...] = ()
    keys: KeysPlan = field(default_factory=KeysPlan)
    slo: Slo = field(default_factory=Slo)
    cluster_access: tuple[ClusterAccess, ...] = ()  # besides the deployer's
    recovery_region: str | None = None  # premium: a second region with replicas
    recovery_zones: tuple[str, ...] = ()  # names; empty: the recovery region's first, as many as the network has
    own_account: bool = False  # the account holds this keep and nothing else
    has_detectors: bool = False  # GuardDuty and Access Analyzer watch the account already
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False  # AWS and Pulumi refuse to delete what holds data

    def __post_init__(self) -> None:
        if self.keep.tier is Tier.POOLED:
            raise ValueError("a pooled keep has no environment of its own; use PooledTenant")
        if missing := [role.value for role in NEEDED_ROLES if role not in {pool.role for pool in self.pools}]:
            raise ValueError(f"pools must hold one of each role system, ingest and gpu-serve; missing: {missing}")
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f"pools must have different names, got {names}")
        if self.recovery_region is not None and not self.own_account:
            raise ValueError(
                "recovery_region needs own_account: image replication is a setting of the whole account's registry"
            )

    @property
    def allowed_regions(self) -> tuple[str, ...]:
        """Where anything of the keep may be."""
        return (self.keep.region, *((self.recovery_region,) if self.recovery_region else ()))

    @property
    def link_domains(self) -> tuple[str, ...]:
        """Hosts behind private links, which must resolve."""
        return (*(link.host for link in self.git_links), *(link.host for link in self.registry_links))
