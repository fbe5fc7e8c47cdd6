"""Route tables, their routes and their associations."""

import zlib
from collections.abc import Iterator, Mapping

from awsread.answers import filters, one, pick, same_set
from awsread.reader import Aws, Props, reads
from awsread.services.ec2 import owned

TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
INLINE_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
ROUTE = "aws:ec2/route:Route"


@reads("ec2", "aws:ec2/routeTable:RouteTable")
def route_table(aws: Aws, id: str, known: Mapping[str, object]) -> Props | None:
    """A table with its inline routes, without those that are separate resources."""
    found = table_of(aws, id)
    if found is None:
        return None
    apart = {destination_of(route) for _, route in aws.declared(ROUTE) or () if route.get("routeTableId") == id}
    routes = [inline(route) for route in written(found) if _destination(route) not in apart]
    return {
        **owned(aws, "route-table", id, found),
        "vpcId": found["VpcId"],
        "routes": same_set(known.get("routes"), routes),
        "propagatingVgws": sorted(each["GatewayId"] for each in found.get("PropagatingVgws", ())),
    }


@reads("ec2", "aws:ec2/defaultRouteTable:DefaultRouteTable", fixed="defaultRouteTableId")
def default_route_table(aws: Aws, id: str, known: Mapping[str, object]) -> Props | None:
    found = route_table(aws, id, known)
    return None if found is None else {**found, "defaultRouteTableId": id}


@reads("ec2", ROUTE)
def route(aws: Aws, id: str, known: Mapping[str, object]) -> Props | None:
    """Found by the provider's id, or at an import by `<table>_<destination>`."""
    table_id, _, destination = id.partition("_")
    table = known.get("routeTableId") or (table_id if destination else None)
    # At an import the provider's id does not contain the table: search all.
    tables = [table_of(aws, str(table)) or {}] if table else aws.client("ec2").describe_route_tables()["RouteTables"]
    for each in tables:
        for found in written(each):
            place = _destination(found)
            if route_id(each["RouteTableId"], place) == id or place in (destination, destination_of(known)):
                return {
                    "routeTableId": each["RouteTableId"],
                    **pick(found, **DESTINATIONS),
                    **_target(found),
                    "instanceId": found.get("InstanceId", ""),
                    "instanceOwnerId": found.get("InstanceOwnerId", ""),
                    "origin": found.get("Origin", "CreateRoute"),
                    "state": found.get("State", "active"),
                }
    return None


@reads("ec2", "aws:ec2/routeTableAssociation:RouteTableAssociation")
def route_table_association(aws: Aws, id: str, known: Mapping[str, object]) -> Props | None:
    found = association_of(aws, id)
    return None if found is None else pick(found, "RouteTableId", "SubnetId", "GatewayId")


def association_of(aws: Aws, id: str) -> Props | None:
    """An association by its id, or at an import by `<subnet or gateway>/<table>`."""
    target, _, table = id.partition("/")
    if table:
        found = (table_of(aws, table) or {}).get("Associations", ())
        return next((each for each in found if target in (each.get("SubnetId"), each.get("GatewayId"))), None)
    by_id = [{"Name": "association.route-table-association-id", "Values": [id]}]
    holder = one(aws.client("ec2").describe_route_tables, "RouteTables", Filters=by_id) or {}
    return next((each for each in holder.get("Associations", ()) if each["RouteTableAssociationId"] == id), None)


def table_of(aws: Aws, id: str) -> Props | None:
    return one(aws.client("ec2").describe_route_tables, "RouteTables", Filters=filters(route_table_id=id))


def written(table: Props) -> Iterator[Props]:
    """Explicit routes, without those of the VPC's ranges and of gateway endpoints."""
    for each in table.get("Routes", ()):
        of_endpoint = each.get("DestinationPrefixListId") and str(each.get("GatewayId", "")).startswith("vpce-")
        if each.get("GatewayId") != "local" and not of_endpoint:
            yield each


def inline(found: Props) -> Props:
    """A route in the form of its table's inline routes."""
    return {**pick(found, **INLINE_DESTINATIONS), **_target(found)}


def destination_of(props: Mapping[str, object]) -> str | None:
    """The destination of a route resource; None if its properties have none."""
    return next((str(props[name]) for name in DESTINATIONS if props.get(name)), None)


def route_id(table_id: str, destination: str) -> str:
    """The official provider's id: the table's id, then a CRC-32 of the destination."""
    return f"r-{table_id}{zlib.crc32(destination.encode())}"


def _destination(found: Props) -> str:
    return str(next(found[key] for key in DESTINATIONS.values() if found.get(key)))


def _target(found: Props) -> Props:
    target = pick(found, **{name: key for name, key in TARGETS.items() if found.get(key)})
    if str(target.get("gatewayId", "")).startswith("vpce-"):
        target["vpcEndpointId"] = target.pop("gatewayId")
    return target
