"""Args that keeps and platforms have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codekeep_contracts.settings.governance import Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.cluster_access import ClusterAccess
from components.compute.pool import Pool
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.observe.budget_plan import BudgetPlan
from components.storage.bucket import LockMode
from components.storage.search_plan import SearchPlan


@dataclass(frozen=True, kw_only=True)
class CommonArgs:
    """Common to every keep and platform. `retention_days` must name each data class that is stored."""

    keep: Keep
    retention_days: Mapping[DataClass, int]
    budget: BudgetPlan
    keys: KeysPlan = field(default_factory=KeysPlan)
    slo: Slo = field(default_factory=Slo)
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False  # AWS and Pulumi refuse to delete what stores data


@dataclass(frozen=True, kw_only=True)
class KeepArgs(CommonArgs):
    """Common to keeps of every tier."""

    git_links: tuple[GitLinkSpec, ...]
    entry_principal_arns: tuple[str, ...]
    registry_links: tuple[RegistryLinkSpec, ...] = ()
    recovery_region: str | None = None  # premium: a second region with replicas
    own_account: bool = False  # the account contains nothing but this keep


@dataclass(frozen=True, kw_only=True)
class InfrastructureArgs(CommonArgs):
    """Common to what has its own network, cluster and search domain: a dedicated or premium keep, or a platform."""

    network: NetworkPlan | AdoptedNetworkPlan
    pools: tuple[Pool, ...]
    search: SearchPlan
    cluster_access: tuple[ClusterAccess, ...] = ()  # in addition to the deployer's
    has_detectors: bool = False  # GuardDuty and Access Analyzer watch the account already
