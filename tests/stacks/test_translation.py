"""Specs are translated to the components' Args without loss."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from components.compute.pool import Tenancy
from components.naming import DataClass, Tier
from components.network.api_access import ApiAccess
from components.network.cidr_layout import lay_out
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.storage.bucket import LockMode
from stacks.spec import PlatformSpec, TenantSpec, check, digest, load, load_spec, parse
from stacks.spec.addresses import NARROWEST_PREFIX, WIDEST_PREFIX, addresses_for_nodes
from stacks.translation import environment_args, keep_of, platform_args
from tests.stacks.documents import DELETE, ROOT, changed, document
from tests.stacks.mutations import mutated

DEDICATED = [document("demo"), document("acme")]


def spec_of(stack: str) -> TenantSpec:
    return load_spec(ROOT / f"Pulumi.{stack}.yaml")


def test_a_keep_has_the_specs_identity() -> None:
    spec = spec_of("acme")
    keep = keep_of(spec)
    assert (keep.tenant, keep.tier, keep.region) == ("acme", Tier.PREMIUM, "eu-central-1")
    assert (keep.account_id, keep.deployer_role_arn) == (spec.account.id, spec.account.deployer_role_arn)
    assert keep.spec_digest == digest(spec)
    assert keep.tags(DataClass.CODE)["contract"] == "acme-2026-premium"


def test_the_dedicated_demo() -> None:
    args = environment_args(spec_of("demo"))
    assert isinstance(args.network, NetworkPlan)
    assert [pool.name for pool in args.pools] == ["system", "ingest", "serve", "batch"]
    assert DataClass.PROMPT not in args.retention_days
    assert args.retention_days[DataClass.AUDIT] == 400
    assert args.recovery_region is None
    assert args.protect is False
    assert [entry.label for entry in args.cluster_access] == ["oncall"]


def test_the_premium_acme() -> None:
    args = environment_args(spec_of("acme"))
    assert {pool.tenancy for pool in args.pools} == {Tenancy.DEDICATED, Tenancy.HOST}
    assert [pool.reservation.count for pool in args.pools if pool.reservation] == [2]
    assert [pool.hosts.zone for pool in args.pools if pool.hosts] == ["eu-central-1b"]
    assert args.retention_days[DataClass.PROMPT] == 14
    assert (args.recovery_region, args.own_account) == ("eu-west-1", True)
    held, replica = (arns[DataClass.CODE] for arns in (args.keys.customer_held, args.keys.customer_held_replicas))
    assert replica == held.replace("eu-central-1", "eu-west-1")
    assert args.audit_lock_mode is LockMode.COMPLIANCE
    assert args.protect is True


def test_every_objective_is_translated() -> None:
    slo = environment_args(spec_of("acme")).slo
    assert slo == spec_of("acme").slo


def test_an_adopted_network() -> None:
    adopt = {"vpc_id": "vpc-0123abcd", "subnet_ids": ["subnet-0123abcd", "subnet-1123abcd", "subnet-2123abcd"]}
    connected = changed(document("demo"), "deployer.api_access.transit_gateway", DELETE)
    args = environment_args(parse(changed(changed(connected, "network.cidr", DELETE), "network.adopt", adopt)))
    network = args.network
    assert isinstance(network, AdoptedNetworkPlan)
    assert args.api_access == ApiAccess(cidrs=("10.200.16.0/24",))
    assert network.subnet_ids == tuple(adopt["subnet_ids"])


def test_the_platform() -> None:
    spec = load(ROOT / "Pulumi.platform-eu-central-1.yaml")
    assert isinstance(spec, PlatformSpec)
    args = platform_args(spec)
    assert args.link_domains == ("gitlab.pico.example", "packages.pico.example")
    assert len(args.pools) == 4


@pytest.mark.parametrize("prefix", range(WIDEST_PREFIX, NARROWEST_PREFIX + 1))
@pytest.mark.parametrize("zones", [2, 3])
def test_the_spec_counts_addresses_as_the_network_lays_them_out(prefix: int, zones: int) -> None:
    assert addresses_for_nodes(prefix, zones) == lay_out(f"10.0.0.0/{prefix}", zones).workload_addresses


@given(mutated(DEDICATED))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_the_spec_accepts_the_components_accept(document_: Any) -> None:
    if not check(document_):
        spec = parse(document_)
        if spec.tier != "pooled":
            assert environment_args(spec).keep.tenant == spec.name


def test_a_pooled_keep_has_no_environment_of_its_own() -> None:
    with pytest.raises(ValueError, match="pico is pooled"):
        environment_args(spec_of("pico"))
