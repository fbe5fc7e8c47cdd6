"""VPC endpoints (gateway, interface, to an endpoint service) and policies set on them."""

import json
from typing import Any

from awsread.answers import filters, one
from awsread.services.ec2_endpoint import ENDPOINT_POLICY
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import moved

FULL_ACCESS = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)
MEMBERS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


class VpcEndpoint(LiveResource):
    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    service, tag_kind = "ec2", "vpc-endpoint"
    creation = ("create_vpc_endpoint", "VpcEndpoint.VpcEndpointId")
    names = {"policy": "PolicyDocument"}
    in_ledger = frozenset(
        {
            "autoAccept",
            "dnsOptions",
            "ipAddressType",
            "privateDnsEnabled",
            "serviceRegion",
            "subnetConfigurations",
            "resourceConfigurationArn",
            "serviceNetworkArn",
        }
    )
    moto_omits = {"ipAddressType": "ipv4"}

    def outputs_changed_by(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        followers = {"subnetIds": "networkInterfaceIds", "privateDnsEnabled": "dnsEntries"}
        return frozenset(output for name, output in followers.items() if name in changed)

    def make(self, api: Api, inputs: Props) -> str:
        # moto's default of privateDnsEnabled is true, that of AWS is false
        return super().make(api, {"privateDnsEnabled": False, **inputs})

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found is None:
            return None
        private_names = bool(self.noted(api, id).get("privateDnsEnabled", found["privateDnsEnabled"]))
        apart = any(each == id for each, _ in api.declared(ENDPOINT_POLICY))
        return {
            **found,
            "policy": state.get("policy", FULL_ACCESS) if apart else found["policy"],
            "networkInterfaceIds": self._interfaces(api, id, found["networkInterfaceIds"]),
            "dnsEntries": _dns_entries(api, found, private_names),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        arguments: Props = {}
        for name, argument in MEMBERS.items():
            if name in changed:
                came, went = moved(old, new, name)
                arguments |= {f"Add{argument}": came, f"Remove{argument}": went}
        if "policy" in changed:
            arguments["PolicyDocument"] = new.get("policy") or FULL_ACCESS
        if "privateDnsEnabled" in changed:
            arguments["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
        if "ipAddressType" in changed:
            arguments["IpAddressType"] = new.get("ipAddressType", "ipv4")
        if arguments:
            ec2.modify_vpc_endpoint(VpcEndpointId=id, **{key: value for key, value in arguments.items() if value != []})
        self._follow_subnets(api, id, arguments)
        self._follow_route_tables(ec2, id, arguments)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        ec2.delete_vpc_endpoints(VpcEndpointIds=[id])
        for interface in self.noted(api, id).get("addedInterfaces", {}).values():
            ec2.delete_network_interface(NetworkInterfaceId=interface)

    def _interfaces(self, api: Api, id: str, made: list[str]) -> list[str]:
        """Network interfaces: moto's list of the creation, plus later ones of the ledger, minus deleted ones."""
        noted = self.noted(api, id)
        if not noted.get("subnetsMoved"):
            return made
        wanted = filters(network_interface_id=[*made, *noted.get("addedInterfaces", {}).values()])
        found = api.client("ec2").describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
        return sorted(interface["NetworkInterfaceId"] for interface in found)

    def _follow_subnets(self, api: Api, id: str, arguments: Props) -> None:
        """Creates and deletes interfaces with the subnets, which moto does at creation only."""
        new_subnets, old_subnets = arguments.get("AddSubnetIds") or [], arguments.get("RemoveSubnetIds") or []
        if not new_subnets and not old_subnets:
            return
        ec2 = api.client("ec2")
        endpoint = one(ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id]) or {}
        added = dict(self.noted(api, id).get("addedInterfaces", {}))
        ours = filters(network_interface_id=[*endpoint.get("NetworkInterfaceIds", ()), *added.values()])
        for interface in ec2.describe_network_interfaces(Filters=ours)["NetworkInterfaces"]:
            if interface["SubnetId"] in old_subnets:
                ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
                added.pop(interface["SubnetId"], None)
        for subnet in new_subnets:
            answer = ec2.create_network_interface(SubnetId=subnet, Description=f"VPC Endpoint Interface {id}")
            added[subnet] = answer["NetworkInterface"]["NetworkInterfaceId"]
        self.note(api, id, addedInterfaces=added, subnetsMoved=True)

    def _follow_route_tables(self, ec2: Any, id: str, arguments: Props) -> None:
        """Adds and removes the routes of a gateway endpoint, which moto does at creation only."""
        added, removed = arguments.get("AddRouteTableIds") or [], arguments.get("RemoveRouteTableIds") or []
        if not added and not removed:
            return
        endpoint = one(ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id]) or {}
        lists = ec2.describe_prefix_lists(Filters=filters(prefix_list_name=endpoint["ServiceName"]))["PrefixLists"]
        for prefix_list in lists:
            destination = {"DestinationPrefixListId": prefix_list["PrefixListId"]}
            for table in added:
                ec2.create_route(RouteTableId=table, GatewayId=id, **destination)
            for table in removed:
                ec2.delete_route(RouteTableId=table, **destination)


class VpcEndpointPolicy(LiveResource):
    """The policy of an endpoint; deleting it restores the one that allows everything."""

    token = ENDPOINT_POLICY

    def make(self, api: Api, inputs: Props) -> str:
        id = str(inputs["vpcEndpointId"])
        self._set(api, id, inputs)
        return id

    def owner_facts(self, found: Props) -> Props:
        return {"vpcEndpointId": found["vpcEndpointId"]}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._set(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._set(api, id, {})

    def _set(self, api: Api, id: str, inputs: Props) -> None:
        policy = inputs.get("policy") or FULL_ACCESS
        api.client("ec2").modify_vpc_endpoint(VpcEndpointId=id, PolicyDocument=policy)


def _dns_entries(api: Api, endpoint: Props, private_names: bool) -> list[Props]:
    """DNS names in AWS's format, with moto's random part and zone."""
    entries = []
    for entry in endpoint["dnsEntries"]:
        label = str(entry["dnsName"]).partition(".")[0]
        host = _service_host(endpoint["serviceName"], api.region)
        zone = entry["hostedZoneId"]
        entries.append({"dnsName": f"{label}.{host}.{api.region}.vpce.amazonaws.com", "hostedZoneId": zone})
        if private_names and not host.startswith("vpce-svc-"):
            entries.append({"dnsName": f"{host}.{api.region}.amazonaws.com", "hostedZoneId": zone})
    return entries


def _service_host(service_name: str, region: str) -> str:
    """`com.amazonaws.<region>.ecr.api` → `api.ecr`; an endpoint service keeps its id."""
    labels = [label for label in service_name.split(".") if label not in ("com", "amazonaws", "vpce", region)]
    return ".".join(reversed(labels))
