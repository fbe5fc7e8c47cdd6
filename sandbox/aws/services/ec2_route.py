"""Route tables, their routes and their associations."""

from collections.abc import Iterable, Mapping
from typing import Any

from awsread.services.ec2_route import (
    DESTINATIONS,
    INLINE_DESTINATIONS,
    ROUTE,
    TARGETS,
    association_of,
    destination_of,
    inline,
    route_id,
    table_of,
    written,
)
from sandbox.aws.errors import InvalidParameterError, StandInError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, args_of

ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
NOT_EMULATED_TARGETS = ("coreNetworkArn", "localGatewayId", "odbNetworkArn")


class RouteTable(LiveResource):
    token = "aws:ec2/routeTable:RouteTable"
    service, tag_kind = "ec2", "route-table"
    creation = ("create_route_table", "RouteTable.RouteTableId")
    deletion = ("delete_route_table", "RouteTableId")
    in_ledger = frozenset({"propagatingVgws"})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        _add(api, id, inputs.get("routes") or (), INLINE_DESTINATIONS)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "routes" in changed:
            before, after = old.get("routes") or [], new.get("routes") or []
            _drop(api, id, [route for route in before if route not in after], INLINE_DESTINATIONS)
            _add(api, id, [route for route in after if route not in before], INLINE_DESTINATIONS)
        self.retag(api, id, old, new)


class DefaultRouteTable(RouteTable):
    """The VPC's main table, adopted: its routes are replaced by those of the program. Deletion leaves it."""

    token = "aws:ec2/defaultRouteTable:DefaultRouteTable"

    def make(self, api: Api, inputs: Props) -> str:
        return str(inputs["defaultRouteTableId"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        table, found = table_of(api, id), self.read_live(api, id, {})
        if table is None or found is None:
            raise InvalidParameterError(f"defaultRouteTableId: there is no route table {id!r} in {api.region}")
        _drop(api, id, map(inline, written(table)), INLINE_DESTINATIONS)
        self.retag(api, id, found, inputs)
        super().configure(api, id, inputs)

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's main table as long as the VPC."""


class Route(LiveResource):
    """Its id is the table's with a hash of the destination, `<table>_<destination>` at an import."""

    token = ROUTE
    # moto stores a target only where it has the gateway; those that a spec names are other accounts'.
    in_ledger = frozenset({"transitGatewayId"})

    def make(self, api: Api, inputs: Props) -> str:
        _require_attachment(api, inputs)
        _add(api, inputs["routeTableId"], [inputs], DESTINATIONS)
        return self.canonical_id(api, "", inputs)

    def owner_facts(self, found: Props) -> Props:
        return {name: found[name] for name in ("routeTableId", *DESTINATIONS) if found.get(name)}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        _require_attachment(api, new)
        # Dropped and added, not replaced: moto's ReplaceRoute leaves an endpoint target in place.
        _drop(api, new["routeTableId"], [new], DESTINATIONS)
        _add(api, new["routeTableId"], [new], DESTINATIONS)

    def canonical_id(self, api: Api, id: str, outputs: Props) -> str:
        return route_id(outputs["routeTableId"], destination_of(outputs) or "")

    def remove(self, api: Api, id: str, state: Props) -> None:
        _drop(api, state["routeTableId"], [state], DESTINATIONS)


class RouteTableAssociation(LiveResource):
    """The table of a subnet or gateway. AWS assigns a new id when the table changes; the ledger has the current one."""

    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"

    def make(self, api: Api, inputs: Props) -> str:
        ec2 = api.client("ec2")
        if inputs.get("subnetId"):
            # moto answers with the association that exists already; AWS refuses.
            self._refuse_second(ec2, inputs["subnetId"])
        names = args_of(inputs, RouteTableId="routeTableId", SubnetId="subnetId", GatewayId="gatewayId")
        return str(ec2.associate_route_table(**names)["AssociationId"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        return super().read_live(api, self._current(api, id), state)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        answer = api.client("ec2").replace_route_table_association(
            AssociationId=self._current(api, id), RouteTableId=new["routeTableId"]
        )
        self.note(api, id, associationId=answer["NewAssociationId"])

    def canonical_id(self, api: Api, id: str, outputs: Props) -> str:
        association = association_of(api, id) if "/" in id else None
        return id if association is None else str(association["RouteTableAssociationId"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        association = association_of(api, self._current(api, id))
        if association is not None:
            association_id = association["RouteTableAssociationId"]
            api.client("ec2").disassociate_route_table(AssociationId=association_id)

    def _refuse_second(self, ec2: Any, subnet_id: str) -> None:
        filters = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        for table in ec2.describe_route_tables(Filters=filters)["RouteTables"]:
            raise InvalidParameterError(
                f"subnetId: {subnet_id} is already associated with {table['RouteTableId']}; "
                "remove that association first, or change its routeTableId"
            )

    def _current(self, api: Api, id: str) -> str:
        return str(self.noted(api, id).get("associationId", id))


def _require_attachment(api: Api, route: Props) -> None:
    """AWS's words where the network is not attached (hashicorp/terraform-provider-aws issue 10025, 2019-09-06)."""
    gateway = route.get("transitGatewayId")
    network = (table_of(api, route["routeTableId"]) or {}).get("VpcId")
    attached = {(each["transitGatewayId"], each["vpcId"]) for _, each in api.declared(ATTACHMENT)}
    if gateway and (gateway, network) not in attached:
        words = f"The transitGateway ID '{gateway}' does not exist."
        raise StandInError(f"{ROUTE}: InvalidTransitGatewayID.NotFound: {words}")


def _add(api: Api, table_id: str, routes: Iterable[Props], destinations: Mapping[str, str]) -> None:
    names = {argument: name for name, argument in {**destinations, **TARGETS}.items()}
    for route in routes:
        for name in NOT_EMULATED_TARGETS:
            if route.get(name):
                allowed = ", ".join(TARGETS)
                raise InvalidParameterError(
                    f"{name}: the sandbox emulates no such target (got {route[name]!r}); use one of {allowed}"
                )
        api.client("ec2").create_route(RouteTableId=table_id, **args_of(route, **names))


def _drop(api: Api, table_id: str, routes: Iterable[Props], destinations: Mapping[str, str]) -> None:
    names = {key: name for name, key in destinations.items()}
    for route in routes:
        api.client("ec2").delete_route(RouteTableId=table_id, **args_of(route, **names))
