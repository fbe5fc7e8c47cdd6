"""Args that keeps and platforms have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codekeep_contracts.images import ControllerImage
from codekeep_contracts.settings.governance import Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.cluster_access import ClusterAccess
from components.compute.kubernetes_access import ReachApi
from components.compute.pool import Pool
from components.controllers.charts import stand_in_digests
from components.existing import Existing
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep
from components.network.api_access import ApiAccess
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
    existing: Existing = field(default_factory=Existing)
    protect: bool = False  # AWS and Pulumi refuse to delete what stores data
    reach_api: ReachApi | None = None  # checks the way to the cluster's API before its first object


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
    api_access: ApiAccess = field(default_factory=ApiAccess)  # who reaches the cluster's API besides the nodes
    cluster_access: tuple[ClusterAccess, ...] = ()  # in addition to the deployer's
    controller_digests: Mapping[ControllerImage, str] = field(default_factory=stand_in_digests)
    has_detectors: bool = False  # GuardDuty and Access Analyzer watch the account already, and alert its owner
