"""Environments of the three tiers: their Args, and recordings of them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pulumi
from codekeep_contracts.images import REPOSITORIES
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.pool import Pool, PoolRole, Tenancy, ZoneCapacity
from components.keep.platform import Platform
from components.keep.platform_args import PlatformArgs, PooledTenantArgs
from components.keep.platform_ref import PlatformRef
from components.keep.pooled_tenant import PooledTenant
from components.keep.tenant import TenantEnvironment
from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep, Tier
from components.network.egress import EgressMode, EgressRules
from components.network.endpoints import INTERFACE_SERVICES
from components.network.network_plan import NetworkPlan
from components.observe.budget_plan import BudgetPlan
from components.storage.search_plan import SearchPlan
from tests.components.builders import RECOVERY_REGION, ZONES
from tests.components.conftest import make_keep
from tests.components.recording import ACCOUNT, Recording, record

RETENTION_DAYS: Mapping[DataClass, int] = {
    DataClass.CODE: 30,
    DataClass.INDEX: 30,
    DataClass.MODEL: 365,
    DataClass.EVAL: 180,
    DataClass.AUDIT: 400,
    DataClass.LOG: 90,
}
GIT = GitLinkSpec(
    name="ghe",
    kind="github-enterprise",
    host="github.acme.example",
    endpoint_service="com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f60718",
    ports=(443, 22),
)
REGISTRY = RegistryLinkSpec(
    name="nexus",
    kind="nexus",
    host="nexus.acme.example",
    endpoint_service="com.amazonaws.vpce.eu-central-1.vpce-svc-0b2c3d4e5f6071829",
    ecosystems=("pypi", "maven"),
)
BUDGET = BudgetPlan(monthly_usd=60_000, alert_percents=(50, 100), notify=("oncall@keep.example",))
SYSTEM = Pool(
    name="system",
    role=PoolRole.SYSTEM,
    instance_types=("m7i.xlarge", "m6i.xlarge"),
    min_nodes=3,
    warm_nodes=3,
    max_nodes=6,
)
INGEST = Pool(
    name="ingest",
    role=PoolRole.INGEST,
    instance_types=("m6id.4xlarge",),
    min_nodes=0,
    warm_nodes=1,
    max_nodes=8,
    nvme=True,
)
SERVE = Pool(
    name="serve",
    role=PoolRole.GPU_SERVE,
    instance_types=("g6e.12xlarge",),
    min_nodes=2,
    warm_nodes=2,
    max_nodes=4,
    nvme=True,
    volume_gib=200,
)
BATCH = Pool(
    name="batch", role=PoolRole.GPU_BATCH, instance_types=("g6e.4xlarge",), min_nodes=0, max_nodes=4, nvme=True
)
PRINCIPALS = ("arn:aws:iam::444455556666:role/developer-network",)


def dedicated_args(keep: Keep | None = None) -> TenantEnvironmentArgs:
    return TenantEnvironmentArgs(
        keep=keep or make_keep(),
        network=NetworkPlan(cidr="10.64.0.0/16", zones=ZONES),
        git_links=(GIT,),
        registry_links=(REGISTRY,),
        pools=(SYSTEM, INGEST, SERVE, BATCH),
        search=SearchPlan(instance_type="r7g.xlarge.search", instance_count=3, volume_gib=200),
        retention_days=RETENTION_DAYS,
        entry_principal_arns=PRINCIPALS,
        budget=BUDGET,
    )


def premium_args() -> TenantEnvironmentArgs:
    held = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/mrk-0123456789abcdef0123456789abcdef"
    return replace(
        dedicated_args(make_keep(Tier.PREMIUM)),
        network=NetworkPlan(
            cidr="10.80.0.0/16",
            zones=ZONES,
            egress=EgressRules(mode=EgressMode.ALLOW_LIST, domains=("login.acme.example",)),
        ),
        keys=KeysPlan(
            customer_held={DataClass.CODE: held},
            customer_held_replicas={DataClass.CODE: held.replace("eu-central-1", RECOVERY_REGION)},
        ),
        pools=(
            replace(SYSTEM, tenancy=Tenancy.DEDICATED),
            replace(INGEST, tenancy=Tenancy.DEDICATED),
            replace(
                SERVE,
                tenancy=Tenancy.DEDICATED,
                instance_types=("p5.48xlarge",),
                reservation=ZoneCapacity(count=2, zone=ZONES[0]),
            ),
            replace(BATCH, tenancy=Tenancy.HOST, hosts=ZoneCapacity(count=2, zone=ZONES[1])),
        ),
        retention_days={**RETENTION_DAYS, DataClass.PROMPT: 14},
        recovery_region=RECOVERY_REGION,
        own_account=True,
        protect=True,
    )


def platform_args() -> PlatformArgs:
    dedicated = dedicated_args(make_keep(tenant="platform-euc1"))
    return PlatformArgs(
        keep=dedicated.keep,
        network=dedicated.network,
        pools=dedicated.pools,
        search=dedicated.search,
        retention_days=RETENTION_DAYS,
        budget=BUDGET,
        search_roles_image=f"sha256:{'5' * 64}",
        link_domains=(GIT.host,),
    )


def pooled_args(platform: PlatformRef) -> PooledTenantArgs:
    return PooledTenantArgs(
        keep=make_keep(Tier.POOLED, tenant="pico"),
        platform=platform,
        git_links=(GIT,),
        registry_links=(REGISTRY,),
        retention_days=RETENTION_DAYS,
        entry_principal_arns=PRINCIPALS,
        budget=BUDGET,
    )


@cache
def dedicated() -> Recording[TenantEnvironment]:
    """A dedicated keep. Recorded once per process, because a recording takes seconds."""
    return record(lambda: TenantEnvironment("acme", dedicated_args()))


@cache
def premium() -> Recording[TenantEnvironment]:
    """A premium keep."""
    return record(lambda: TenantEnvironment("acme", premium_args()))


@cache
def shared() -> Recording[tuple[Platform, PooledTenant]]:
    """A platform and a pooled keep on it, connected by exports like two stacks."""

    def program() -> tuple[Platform, PooledTenant]:
        platform = Platform("platform-euc1", platform_args())
        exports = pulumi.Output.from_input(platform.exports())
        ref = PlatformRef.of(exports, zones=ZONES, services=tuple(INTERFACE_SERVICES), images=REPOSITORIES)
        return platform, PooledTenant("pico", pooled_args(ref))

    return record(program)
