"""Route tables, their routes and their associations."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import (
    LiveResource,
    arn,
    claims,
    filters,
    given,
    one,
    retag,
    same_set,
    tag_map,
    tag_specification,
)

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
NOT_EMULATED_TARGETS = ("coreNetworkArn", "localGatewayId", "odbNetworkArn")
INLINE_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
ROUTE_TOKEN = "aws:ec2/route:Route"


class RouteTable(LiveResource):
    """A table with the routes its program wrote inline; routes that are resources of their own are theirs to report."""

    token = "aws:ec2/routeTable:RouteTable"
    kept = frozenset({"propagatingVgws"})

    def make(self, api: Api, inputs: Props) -> str:
        specification = tag_specification("route-table", inputs.get("tags"))
        answer = api.client("ec2").create_route_table(VpcId=inputs["vpcId"], **specification)
        return str(answer["RouteTable"]["RouteTableId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        for route in inputs.get("routes") or ():
            _add(api.client("ec2"), id, route, INLINE_DESTINATIONS)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        table = _table(api, id)
        if table is None:
            return None
        owned = {entry["destination"] for _, entry in claims(api, ROUTE_TOKEN) if entry["routeTableId"] == id}
        inline = [_inline(route) for route in _written(table) if _destination(route) not in owned]
        return {
            "arn": arn(api, "ec2", f"route-table/{id}"),
            "ownerId": api.account_id,
            "vpcId": table["VpcId"],
            "routes": same_set(state.get("routes"), inline),
            "propagatingVgws": [],
            "tags": tag_map(table.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        if "routes" in changed:
            before, after = old.get("routes") or [], new.get("routes") or []
            for route in before:
                if route not in after:
                    _drop(ec2, id, route, INLINE_DESTINATIONS)
            for route in after:
                if route not in before:
                    _add(ec2, id, route, INLINE_DESTINATIONS)
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_route_table(RouteTableId=id)


class DefaultRouteTable(RouteTable):
    """The VPC's main table, adopted: its routes become exactly the given ones. Deleting only forgets it."""

    token = "aws:ec2/defaultRouteTable:DefaultRouteTable"

    def make(self, api: Api, inputs: Props) -> str:
        return str(inputs["defaultRouteTableId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        table = _table(api, id)
        if table is None:
            raise InvalidParameterError(f"defaultRouteTableId: there is no route table {id!r} in {api.region}")
        ec2 = api.client("ec2")
        for route in _written(table):
            _drop(ec2, id, _inline(route), INLINE_DESTINATIONS)
        retag(ec2, id, {"tags": tag_map(table.get("Tags"))}, inputs)
        super().settle(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().look(api, id, state)
        return None if found is None else {**found, "defaultRouteTableId": id}

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's main table as long as the VPC."""


class Route(LiveResource):
    """One route; its id is the table's with a hash of the destination, `<table>_<destination>` at an import."""

    token = ROUTE_TOKEN

    def make(self, api: Api, inputs: Props) -> str:
        _add(api.client("ec2"), inputs["routeTableId"], inputs, DESTINATIONS)
        destination = next(str(inputs[name]) for name in DESTINATIONS if inputs.get(name))
        id = _route_id(inputs["routeTableId"], destination)
        self.note(api, id, routeTableId=inputs["routeTableId"], destination=destination)
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = self._find(api, id, state)
        if found is None:
            return None
        table, route = found
        proper_id = _route_id(table, _destination(route))
        if not self.noted(api, proper_id):
            self.note(api, proper_id, routeTableId=table, destination=_destination(route))
        return {
            "routeTableId": table,
            **{name: route.get(key) for name, key in DESTINATIONS.items()},
            **_target(route),
            "instanceId": route.get("InstanceId", ""),
            "instanceOwnerId": route.get("InstanceOwnerId", ""),
            "origin": route.get("Origin", "CreateRoute"),
            "state": route.get("State", "active"),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        # Dropped and added, not replaced: moto's ReplaceRoute leaves an endpoint target in place.
        ec2 = api.client("ec2")
        _drop(ec2, new["routeTableId"], new, DESTINATIONS)
        _add(ec2, new["routeTableId"], new, DESTINATIONS)

    def proper_id(self, api: Api, id: str, outputs: Props) -> str:
        return _route_id(
            outputs["routeTableId"], next(str(outputs[name]) for name in DESTINATIONS if outputs.get(name))
        )

    def remove(self, api: Api, id: str, state: Props) -> None:
        _drop(api.client("ec2"), state["routeTableId"], state, DESTINATIONS)

    def _find(self, api: Api, id: str, state: Props) -> tuple[str, Props] | None:
        table_id, _, destination = id.partition("_")
        known = state.get("routeTableId") or (table_id if destination else None)
        # An import by hash names no table: look through all.
        tables = [_table(api, known) or {}] if known else api.client("ec2").describe_route_tables()["RouteTables"]
        for candidate in tables:
            for route in _written(candidate):
                place = _destination(route)
                if _route_id(candidate["RouteTableId"], place) == id or place == destination:
                    return candidate["RouteTableId"], route
        return None


class RouteTableAssociation(LiveResource):
    """Which table a subnet or gateway uses. AWS gives a new id when the table changes; the ledger follows it."""

    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"

    def make(self, api: Api, inputs: Props) -> str:
        ec2 = api.client("ec2")
        if inputs.get("subnetId"):
            # moto answers with the association that exists already; AWS refuses.
            self._refuse_second(ec2, inputs["subnetId"])
        names = given(inputs, RouteTableId="routeTableId", SubnetId="subnetId", GatewayId="gatewayId")
        return str(ec2.associate_route_table(**names)["AssociationId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        association = self._association(api, id)
        if association is None:
            return None
        return {
            "routeTableId": association["RouteTableId"],
            "subnetId": association.get("SubnetId"),
            "gatewayId": association.get("GatewayId"),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        answer = api.client("ec2").replace_route_table_association(
            AssociationId=self._current(api, id), RouteTableId=new["routeTableId"]
        )
        self.note(api, id, associationId=answer["NewAssociationId"])

    def proper_id(self, api: Api, id: str, outputs: Props) -> str:
        association = self._association(api, id) if "/" in id else None
        return id if association is None else str(association["RouteTableAssociationId"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        association = self._association(api, id)
        if association is not None:
            association_id = association["RouteTableAssociationId"]
            api.client("ec2").disassociate_route_table(AssociationId=association_id)

    def _refuse_second(self, ec2: Any, subnet_id: str) -> None:
        taken = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        for table in ec2.describe_route_tables(Filters=taken)["RouteTables"]:
            raise InvalidParameterError(
                f"subnetId: {subnet_id} is already associated with {table['RouteTableId']}; "
                "remove that association first, or change its routeTableId"
            )

    def _current(self, api: Api, id: str) -> str:
        return str(self.noted(api, id).get("associationId", id))

    def _association(self, api: Api, id: str) -> Props | None:
        ec2 = api.client("ec2")
        target, _, table_id = id.partition("/")  # an import names `<subnet or gateway>/<table>`
        if table_id:
            tables = [_table(api, table_id) or {}]
            return next((a for a in _associations(tables) if target in (a.get("SubnetId"), a.get("GatewayId"))), None)
        current = self._current(api, id)
        wanted = [{"Name": "association.route-table-association-id", "Values": [current]}]
        tables = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
        return next((a for a in _associations(tables) if a["RouteTableAssociationId"] == current), None)


def _associations(tables: list[Props]) -> Iterator[Props]:
    for table in tables:
        yield from table.get("Associations", ())


def _table(api: Api, id: str) -> Props | None:
    return one(api.client("ec2").describe_route_tables, "RouteTables", Filters=filters(route_table_id=id))


def _written(table: Props) -> Iterator[Props]:
    """Routes somebody wrote: not the VPC's own ranges and not those a gateway endpoint puts there."""
    for route in table.get("Routes", ()):
        of_endpoint = route.get("DestinationPrefixListId") and str(route.get("GatewayId", "")).startswith("vpce-")
        if route.get("GatewayId") != "local" and not of_endpoint:
            yield route


def _destination(route: Props) -> str:
    return str(next(route[key] for key in DESTINATIONS.values() if route.get(key)))


def _target(route: Props) -> Props:
    target = {name: route.get(key) for name, key in TARGETS.items() if route.get(key)}
    if str(target.get("gatewayId", "")).startswith("vpce-"):
        target["vpcEndpointId"] = target.pop("gatewayId")
    return target


def _inline(route: Props) -> Props:
    names = {name: route[key] for name, key in INLINE_DESTINATIONS.items() if route.get(key)}
    return {**names, **_target(route)}


def _add(ec2: Any, table_id: str, route: Props, destinations: Mapping[str, str]) -> None:
    for name in NOT_EMULATED_TARGETS:
        if route.get(name):
            allowed = ", ".join(TARGETS)
            raise InvalidParameterError(
                f"{name}: the sandbox emulates no such target (got {route[name]!r}); use one of {allowed}"
            )
    names = {argument: name for name, argument in {**destinations, **TARGETS}.items()}
    ec2.create_route(RouteTableId=table_id, **given(route, **names))


def _drop(ec2: Any, table_id: str, route: Props, destinations: Mapping[str, str]) -> None:
    ec2.delete_route(RouteTableId=table_id, **given(route, **{key: name for name, key in destinations.items()}))


def _route_id(table_id: str, destination: str) -> str:
    """As the official provider builds it: a CRC-32 of the destination behind the table's id."""
    return f"r-{table_id}{zlib.crc32(destination.encode())}"
