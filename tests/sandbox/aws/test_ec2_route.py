"""Route tables, routes and associations through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import ROUTE_TABLE, network

ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


@pytest.fixture
def gateways(plugin, unique, here):
    attached = plugin.create(GATEWAY, f"{unique}-a", {"vpcId": here.vpc_id})
    return [attached.id, plugin.create(GATEWAY, f"{unique}-b", {}).id]


def open_up(api, table_id, gateway_id, destination="0.0.0.0/0"):
    """Adds a route outside of Pulumi."""
    api.client("ec2").create_route(RouteTableId=table_id, DestinationCidrBlock=destination, GatewayId=gateway_id)


def test_a_table_with_inline_routes_passes_the_lifecycle(lifecycle, here, gateways):
    inputs = {
        "vpcId": here.vpc_id,
        "routes": [{"cidrBlock": "192.168.0.0/16", "gatewayId": gateways[0]}],
        "tags": {"a": "b"},
    }
    made = lifecycle(
        ROUTE_TABLE,
        inputs,
        {**inputs, "routes": [{"cidrBlock": "172.16.0.0/12", "gatewayId": gateways[1]}], "tags": {}},
        drift=lambda api, made: open_up(api, made.id, gateways[0]),
    )
    assert made.outputs["arn"].endswith(f":route-table/{made.id}")


def test_a_route_added_to_a_table_with_an_empty_list_is_drift_and_is_removed(lifecycle, here, gateways):
    inputs = {"vpcId": here.vpc_id, "routes": []}
    lifecycle(ROUTE_TABLE, inputs, drift=lambda api, made: open_up(api, made.id, gateways[0]))


def test_a_route_added_to_a_table_without_a_list_shows_in_its_outputs_only(plugin, here, gateways):
    table = here.table()
    open_up(plugin.api(), table.id, gateways[0])
    assert plugin.read(table).outputs["routes"] == [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateways[0]}]


def test_a_separate_route_passes_the_lifecycle_and_is_no_drift_of_its_table(lifecycle, plugin, here, gateways):
    table = here.table()
    inputs = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateways[0]}
    early = plugin.create(ROUTE, "early", {**inputs, "destinationCidrBlock": "1.0.0.0/8"})
    refreshed = plugin.read(table)
    assert refreshed.outputs["routes"] == []
    assert not plugin.diff(refreshed, {"vpcId": here.vpc_id}).changes
    plugin.delete(early)

    def drift(api, made):
        api.client("ec2").replace_route(RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateways[1])

    made = lifecycle(ROUTE, inputs, {**inputs, "gatewayId": gateways[1]}, drift=drift)
    assert made.id.startswith(f"r-{table.id}")
    assert made.outputs["state"] == "active"
    assert made.outputs["origin"] == "CreateRoute"


def test_a_route_is_imported_by_table_and_destination(plugin, here, gateways):
    table = here.table()
    inputs = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateways[0]}
    plugin.create(ROUTE, "r", inputs)
    imported = plugin.import_(ROUTE, "r", f"{table.id}_0.0.0.0/0")
    assert imported.id.startswith(f"r-{table.id}")
    assert not plugin.diff(imported, inputs).changes


def test_another_destination_replaces_a_route(lifecycle, here, gateways):
    inputs = {"routeTableId": here.table().id, "destinationCidrBlock": "1.0.0.0/8", "gatewayId": gateways[0]}
    lifecycle(ROUTE, inputs, {**inputs, "destinationCidrBlock": "2.0.0.0/8"}, expect_replace={"destinationCidrBlock"})


def test_a_route_to_an_unsupported_target_is_refused_by_name(plugin, here):
    inputs = {"routeTableId": here.table().id, "destinationCidrBlock": "1.0.0.0/8", "localGatewayId": "lgw-1"}
    with pytest.raises(ProviderError, match="localGatewayId"):
        plugin.create(ROUTE, "r", inputs)


def test_a_route_removed_outside_pulumi_reads_as_gone(plugin, here, gateways):
    table = here.table()
    inputs = {"routeTableId": table.id, "destinationCidrBlock": "1.0.0.0/8", "gatewayId": gateways[0]}
    made = plugin.create(ROUTE, "r", inputs)
    plugin.api().client("ec2").delete_route(RouteTableId=table.id, DestinationCidrBlock="1.0.0.0/8")
    assert plugin.read(made) is None


def test_an_association_passes_the_lifecycle_and_moves_between_tables(lifecycle, here):
    first, second, subnets = here.table("first"), here.table("second"), here.subnets(1)
    inputs = {"routeTableId": first.id, "subnetId": subnets[0]}

    def drift(api, made):
        answer = api.client("ec2").describe_route_tables(RouteTableIds=[first.id])["RouteTables"][0]
        (association,) = answer["Associations"]
        ec2 = api.client("ec2")
        ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])

    lifecycle(ASSOCIATION, inputs, {**inputs, "routeTableId": second.id})
    made = here.plugin.create(ASSOCIATION, "again", inputs)
    drift(here.plugin.api(), made)
    assert here.plugin.read(made) is None


def test_an_association_is_imported_by_subnet_and_table(plugin, here):
    table, subnets = here.table(), here.subnets(1)
    inputs = {"routeTableId": table.id, "subnetId": subnets[0]}
    made = plugin.create(ASSOCIATION, "a", inputs)
    imported = plugin.import_(ASSOCIATION, "a", f"{subnets[0]}/{table.id}")
    assert imported.id == made.id
    assert not plugin.diff(imported, inputs).changes


def test_a_second_association_of_a_subnet_is_refused_and_leaves_the_first(plugin, here):
    table, other, subnets = here.table(), here.table("other"), here.subnets(1)
    first = plugin.create(ASSOCIATION, "a", {"routeTableId": table.id, "subnetId": subnets[0]})
    with pytest.raises(ProviderError, match="already associated"):
        plugin.create(ASSOCIATION, "b", {"routeTableId": other.id, "subnetId": subnets[0]})
    assert plugin.read(first) is not None


def test_the_default_table_is_adopted_emptied_and_not_deleted(lifecycle, plugin, here, gateways):
    table_id = here.vpc.outputs["defaultRouteTableId"]
    open_up(plugin.api(), table_id, gateways[0])
    inputs = {"defaultRouteTableId": table_id, "routes": [], "tags": {"a": "b"}}
    made = lifecycle(
        DEFAULT_TABLE,
        inputs,
        {**inputs, "routes": [{"cidrBlock": "192.168.0.0/16", "gatewayId": gateways[0]}]},
        drift=lambda api, made: open_up(api, made.id, gateways[0]),
        gone_after_delete=False,
    )
    assert made.id == table_id
    assert made.outputs["vpcId"] == here.vpc_id
