"""Translates a spec to the Args of components. Specs and components meet only here and in stacks/program.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.compute.cluster_access import AccessLevel, ClusterAccess
from components.compute.pool import Pool, PoolRole, Tenancy, ZoneCapacity
from components.existing import Existing
from components.keep.platform_args import PlatformArgs, PooledTenantArgs
from components.keep.platform_ref import PlatformRef
from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.key_policy import held_key_policy
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep, Tier
from components.network.api_access import ApiAccess
from components.network.egress import EgressMode, EgressRules
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.observe.budget_plan import BudgetPlan
from components.storage.bucket import LockMode
from components.storage.search_plan import SearchPlan
from stacks.spec import PlatformSpec, Spec, TenantSpec, digest
from stacks.spec import compute as spec_compute
from stacks.spec.network import Network
from stacks.spec.protection import Keys
from stacks.spec.regions import region_of_arn

KEPT = (DataClass.CODE, DataClass.INDEX, DataClass.MODEL, DataClass.EVAL, DataClass.AUDIT, DataClass.LOG)
"""Data classes with a retention in every spec."""
NOTHING = Existing()


def environment_args(spec: TenantSpec, existing: Existing = NOTHING) -> TenantEnvironmentArgs:
    """Args of a dedicated or premium keep.

    Raises:
        ValueError: the keep is pooled, or a component refuses what the spec allowed.
    """
    if spec.network is None or spec.vector_index.domain is None:
        raise ValueError(f"{spec.name} is {spec.tier}: it has no environment of its own; use pooled_args")
    return TenantEnvironmentArgs(
        keep=keep_of(spec),
        network=_network(spec.network),
        git_links=spec.git_links,
        registry_links=spec.registry_links,
        pools=tuple(_pool(pool) for pool in spec.pools),
        search=SearchPlan(**dict(spec.vector_index.domain)),
        retention_days=_retention_days(spec),
        entry_principal_arns=spec.access.entry_principals,
        budget=BudgetPlan(**dict(spec.budget)),
        keys=_keys(spec.keys, spec.regions.recovery),
        slo=spec.slo,
        cluster_access=_cluster_access(spec),
        api_access=_api_access(spec),
        recovery_region=spec.regions.recovery,
        recovery_zones=spec.regions.recovery_zones,
        own_account=spec.account.dedicated,
        has_detectors=spec.account.has_detectors,
        audit_lock_mode=_lock_mode(spec),
        existing=existing,
        protect=spec.protect,
    )


def pooled_args(spec: TenantSpec, platform: PlatformRef, existing: Existing = NOTHING) -> PooledTenantArgs:
    """Args of a pooled keep on the platform that `platform` refers to."""
    return PooledTenantArgs(
        keep=keep_of(spec),
        platform=platform,
        git_links=spec.git_links,
        registry_links=spec.registry_links,
        retention_days=_retention_days(spec),
        entry_principal_arns=spec.access.entry_principals,
        budget=BudgetPlan(**dict(spec.budget)),
        keys=_keys(spec.keys, None),
        slo=spec.slo,
        audit_lock_mode=_lock_mode(spec),
        existing=existing,
        protect=spec.protect,
    )


def platform_args(spec: PlatformSpec, existing: Existing = NOTHING) -> PlatformArgs:
    """Args of a region's shared platform."""
    return PlatformArgs(
        keep=keep_of(spec),
        network=_network(spec.network),
        pools=tuple(_pool(pool) for pool in spec.pools),
        search=SearchPlan(**dict(spec.search_domain)),
        search_roles_image=spec.search_roles_image,
        retention_days=_retention_days(spec),
        budget=BudgetPlan(**dict(spec.budget)),
        link_domains=spec.link_domains,
        keys=_keys(spec.keys, None),
        slo=spec.slo,
        cluster_access=_cluster_access(spec),
        api_access=_api_access(spec),
        has_detectors=spec.account.has_detectors,
        audit_lock_mode=_lock_mode(spec),
        existing=existing,
        protect=spec.protect,
    )


@dataclass(frozen=True, kw_only=True)
class HeldKey:
    """A key that the customer holds, and the policy that they must write for it. `name` is unique in a keep."""

    name: str
    key_arn: str
    policy: Mapping[str, Any]


def held_keys(spec: Spec) -> list[HeldKey]:
    """The customer-held keys of a keep, each before its replica in the recovery region."""
    recovery = spec.regions.recovery if isinstance(spec, TenantSpec) else None
    plan, keep = _keys(spec.keys, recovery), keep_of(spec)
    found = []
    for data_class, arn in plan.customer_held.items():
        for name, key_arn in (
            (data_class.value, arn),
            (f"{data_class.value}-replica", plan.customer_held_replicas.get(data_class)),
        ):
            if key_arn is not None:
                found.append(HeldKey(name=name, key_arn=key_arn, policy=held_key_policy(keep, data_class, key_arn)))
    return found


def keep_of(spec: Spec) -> Keep:
    """The keep that every component of the stack belongs to. A platform is a keep of its own, of tier dedicated."""
    return Keep(
        tenant=spec.name,
        tier=Tier(spec.tier) if isinstance(spec, TenantSpec) else Tier.DEDICATED,
        region=spec.regions.primary,
        account_id=spec.account.id,
        deployer_role_arn=spec.account.deployer_role_arn,
        spec_digest=digest(spec),
        extra_tags=spec.tags,
    )


def _network(network: Network) -> NetworkPlan | AdoptedNetworkPlan:
    egress = EgressRules(mode=EgressMode(network.egress.mode), domains=network.egress.domains)
    if network.cidr is not None:
        return NetworkPlan(cidr=network.cidr, zones=network.zones, egress=egress)
    if network.adopt is None:
        raise ValueError("network must have cidr or adopt, got neither")
    adopted = network.adopt
    return AdoptedNetworkPlan(vpc_id=adopted.vpc_id, subnet_ids=adopted.subnet_ids, zones=network.zones, egress=egress)


def _pool(pool: spec_compute.Pool) -> Pool:
    return Pool(
        name=pool.name,
        role=PoolRole(pool.role),
        instance_types=pool.instance_types,
        min_nodes=pool.min,
        max_nodes=pool.max,
        warm_nodes=pool.warm,
        architecture=pool.machines[0].architecture,
        nvme=pool.nvme,
        volume_gib=pool.volume_gib,
        tenancy=Tenancy[pool.tenancy.upper()],
        hosts=ZoneCapacity(**dict(pool.hosts)) if pool.hosts else None,
        reservation=ZoneCapacity(**dict(pool.reservation)) if pool.reservation else None,
    )


def _retention_days(spec: Spec) -> Mapping[DataClass, int]:
    """Retentions in days; PROMPT only where the spec opts in, as a retention for prompts creates their bucket."""
    days: dict[DataClass, int] = {data_class: getattr(spec.retention, data_class.value) for data_class in KEPT}
    if isinstance(spec, TenantSpec) and spec.prompt_storage.enabled and spec.prompt_storage.retention_days:
        days[DataClass.PROMPT] = spec.prompt_storage.retention_days
    return days


def _keys(keys: Keys, recovery_region: str | None) -> KeysPlan:
    """A multi-region key has the same id and account in every region."""
    held = {DataClass(data_class): arn for data_class, arn in keys.customer_held.items()}
    replicas = {
        data_class: arn.replace(f":{region_of_arn(arn)}:", f":{recovery_region}:", 1)
        for data_class, arn in held.items()
        if recovery_region is not None
    }
    return KeysPlan(
        rotation_days=keys.rotation_days,
        deletion_window_days=keys.deletion_window_days,
        customer_held=held,
        customer_held_replicas=replicas,
    )


def _cluster_access(spec: Spec) -> tuple[ClusterAccess, ...]:
    return tuple(
        ClusterAccess(
            label=entry.name,
            principal_arn=entry.principal,
            level=AccessLevel[entry.level.upper().replace("-", "_")],
            namespaces=entry.namespaces,
        )
        for entry in spec.cluster_access
    )


def _api_access(spec: Spec) -> ApiAccess:
    if spec.deployer is None:
        return ApiAccess()
    access = spec.deployer.api_access
    return ApiAccess(cidrs=access.cidrs, transit_gateway_id=access.transit_gateway)


def _lock_mode(spec: Spec) -> LockMode:
    return LockMode[spec.retention.audit_lock.upper()]
