"""A network of the customer, used in place of the keep's own."""

from typing import Any

import pytest

from components.naming import Keep
from components.network.adopted_network import AdoptedNetwork, AdoptedNetworkArgs
from components.network.endpoints import INTERFACE_SERVICES
from components.network.network_plan import AdoptedNetworkPlan
from tests.components.builders import RETENTION_DAYS, ZONES, fake_keys
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record

SUBNETS = ("subnet-a",)
VPC: dict[str, dict[str, Any]] = {
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "10.1.0.0/16"},
    "aws:ec2/getSubnet:getSubnet": {
        "vpcId": "vpc-1",
        "availabilityZone": ZONES[0],
        "mapPublicIpOnLaunch": False,
    },
    "aws:ec2/getRouteTable:getRouteTable": {"routeTableId": "rtb-1"},
}


def build(keep: Keep, invokes: dict[str, dict[str, Any]] = VPC, **args: Any) -> Recording[AdoptedNetwork]:
    plan = AdoptedNetworkPlan(**{"vpc_id": "vpc-1", "subnet_ids": SUBNETS, "zones": ZONES[:1], **args})

    def program() -> AdoptedNetwork:
        adopted = AdoptedNetworkArgs(keep=keep, plan=plan, keys=fake_keys(), retention_days=RETENTION_DAYS)
        return AdoptedNetwork("acme-network", adopted)

    return record(program, invokes=invokes)


def test_the_outputs_are_those_of_a_network_of_the_keep(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    network = recording.result.ref
    assert recording.value(network.vpc_id) == "vpc-1"
    assert recording.value(network.cidr) == "10.1.0.0/16"
    assert recording.value(network.private_subnet_ids) == ["subnet-a"]
    assert recording.value(network.route_table_ids) == ["rtb-1"]
    assert set(network.interface_endpoint_ids) == set(INTERFACE_SERVICES)


def test_nothing_of_the_customers_is_created_or_changed(keep: Keep) -> None:
    kinds = {node.type for node in build(keep).resources}
    assert kinds
    assert not {kind for kind in kinds if kind.rsplit(":", 1)[1] in {"Vpc", "Subnet", "RouteTable", "Route"}}
    assert not {kind for kind in kinds if "default" in kind.lower()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpcId": "vpc-2"}, "is in vpc-2, not in vpc-1"),
        ({"availabilityZone": ZONES[1]}, f"is in {ZONES[1]}, not in {ZONES[0]}"),
        ({"mapPublicIpOnLaunch": True}, "gives out public addresses; name a private subnet"),
    ],
)
def test_a_subnet_that_is_not_what_the_spec_says_stops_the_deployment(
    keep: Keep, change: dict[str, Any], message: str
) -> None:
    token = "aws:ec2/getSubnet:getSubnet"
    with pytest.raises(ValueError, match=message):
        build(keep, {**VPC, token: {**VPC[token], **change}})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"subnet_ids": ("subnet-a", "subnet-b")}, "one subnet per zone, got 2"),
        ({"subnet_ids": ("subnet-a", "subnet-a"), "zones": ZONES[:2]}, "subnet_ids must differ"),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
