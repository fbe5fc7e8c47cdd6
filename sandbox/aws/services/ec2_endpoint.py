"""VPC endpoints (gateway, interface, to an endpoint service) and policies set on them."""

import json
from typing import Any

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import (
    LiveResource,
    arn,
    filters,
    given,
    one,
    retag,
    same_json,
    same_set,
    tag_map,
    tag_specification,
)

POLICY_TOKEN = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
FULL_ACCESS = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)
MEMBERS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


class VpcEndpoint(LiveResource):
    """An endpoint with its interfaces; a policy that is a resource of its own is that resource's to report."""

    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    kept = frozenset(
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

    def fresh(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        followers = {"subnetIds": "networkInterfaceIds", "privateDnsEnabled": "dnsEntries"}
        return frozenset(output for name, output in followers.items() if name in changed)

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_vpc_endpoint(
            PrivateDnsEnabled=bool(inputs.get("privateDnsEnabled")),  # moto's default is true, that of AWS is false
            **given(
                inputs,
                VpcId="vpcId",
                ServiceName="serviceName",
                VpcEndpointType="vpcEndpointType",
                PolicyDocument="policy",
                IpAddressType="ipAddressType",
                **{argument: name for name, argument in MEMBERS.items()},
            ),
            **tag_specification("vpc-endpoint", inputs.get("tags")),
        )
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        endpoint = one(api.client("ec2").describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id])
        if endpoint is None or endpoint["State"] in ("deleted", "deleting"):
            return None
        groups = [group["GroupId"] for group in endpoint.get("Groups", ())]
        policy = same_json(state.get("policy"), endpoint.get("PolicyDocument"))
        private_names = bool(self.noted(api, id).get("privateDnsEnabled", endpoint.get("PrivateDnsEnabled")))
        return {
            "arn": arn(api, "ec2", f"vpc-endpoint/{id}"),
            "ownerId": api.account_id,
            "vpcId": endpoint["VpcId"],
            "serviceName": endpoint["ServiceName"],
            "vpcEndpointType": endpoint["VpcEndpointType"],
            "state": str(endpoint["State"]).lower(),
            "requesterManaged": False,
            "policy": state.get("policy", FULL_ACCESS) if self._policy_is_claimed(api, id) else policy,
            "privateDnsEnabled": private_names,
            "ipAddressType": "ipv4",
            "routeTableIds": same_set(state.get("routeTableIds"), endpoint.get("RouteTableIds", ())),
            "subnetIds": same_set(state.get("subnetIds"), endpoint.get("SubnetIds", ())),
            "securityGroupIds": same_set(state.get("securityGroupIds"), groups),
            "networkInterfaceIds": self._interfaces(api, id, endpoint),
            "dnsEntries": _dns_entries(api, endpoint, private_names),
            "tags": tag_map(endpoint.get("Tags")),
            **_prefixes(api, endpoint),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        arguments: Props = {}
        for name, argument in MEMBERS.items():
            if name in changed:
                before, after = set(old.get(name) or ()), set(new.get(name) or ())
                arguments |= {f"Add{argument}": sorted(after - before), f"Remove{argument}": sorted(before - after)}
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
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        ec2.delete_vpc_endpoints(VpcEndpointIds=[id])
        for interface in self.noted(api, id).get("addedInterfaces", {}).values():
            ec2.delete_network_interface(NetworkInterfaceId=interface)

    def _policy_is_claimed(self, api: Api, id: str) -> bool:
        return api.ledger.get(api.region, POLICY_TOKEN, id) is not None

    def _interfaces(self, api: Api, id: str, endpoint: Props) -> list[str]:
        """moto's list is that of the day of creation: what was added since is in the ledger, what went is gone."""
        made = list(endpoint.get("NetworkInterfaceIds", ()))
        added = self.noted(api, id).get("addedInterfaces", {})
        if not self.noted(api, id).get("subnetsMoved"):
            return sorted(made)
        wanted = filters(network_interface_id=[*made, *added.values()])
        found = api.client("ec2").describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
        return sorted(interface["NetworkInterfaceId"] for interface in found)

    def _follow_subnets(self, api: Api, id: str, arguments: Props) -> None:
        """AWS makes and removes an interface per subnet; moto does so at creation only."""
        fresh, stale = arguments.get("AddSubnetIds") or [], arguments.get("RemoveSubnetIds") or []
        if not fresh and not stale:
            return
        ec2 = api.client("ec2")
        endpoint = one(ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id]) or {}
        added = dict(self.noted(api, id).get("addedInterfaces", {}))
        ours = filters(network_interface_id=[*endpoint.get("NetworkInterfaceIds", ()), *added.values()])
        for interface in ec2.describe_network_interfaces(Filters=ours)["NetworkInterfaces"]:
            if interface["SubnetId"] in stale:
                ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
                added.pop(interface["SubnetId"], None)
        for subnet in fresh:
            answer = ec2.create_network_interface(SubnetId=subnet, Description=f"VPC Endpoint Interface {id}")
            added[subnet] = answer["NetworkInterface"]["NetworkInterfaceId"]
        self.note(api, id, addedInterfaces=added, subnetsMoved=True)

    def _follow_route_tables(self, ec2: Any, id: str, arguments: Props) -> None:
        """AWS puts the route into each table of a gateway endpoint; moto does so at creation only."""
        fresh, stale = arguments.get("AddRouteTableIds") or [], arguments.get("RemoveRouteTableIds") or []
        if not fresh and not stale:
            return
        endpoint = one(ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id]) or {}
        lists = ec2.describe_prefix_lists(Filters=filters(prefix_list_name=endpoint["ServiceName"]))["PrefixLists"]
        for prefix_list in lists:
            destination = {"DestinationPrefixListId": prefix_list["PrefixListId"]}
            for table in fresh:
                ec2.create_route(RouteTableId=table, GatewayId=id, **destination)
            for table in stale:
                ec2.delete_route(RouteTableId=table, **destination)


class VpcEndpointPolicy(LiveResource):
    """A policy set on an endpoint; deleting it gives the endpoint back the one that allows everything."""

    token = POLICY_TOKEN

    def make(self, api: Api, inputs: Props) -> str:
        id = str(inputs["vpcEndpointId"])
        self._set(api, id, inputs)
        self.note(api, id, vpcEndpointId=id)
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        endpoint = one(api.client("ec2").describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id])
        if endpoint is None or endpoint["State"] in ("deleted", "deleting"):
            return None
        if not self.noted(api, id):
            self.note(api, id, vpcEndpointId=id)
        return {"vpcEndpointId": id, "policy": same_json(state.get("policy"), endpoint.get("PolicyDocument"))}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._set(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._set(api, id, {})

    def _set(self, api: Api, id: str, inputs: Props) -> None:
        policy = inputs.get("policy") or FULL_ACCESS
        api.client("ec2").modify_vpc_endpoint(VpcEndpointId=id, PolicyDocument=policy)


def _dns_entries(api: Api, endpoint: Props, private_names: bool) -> list[Props]:
    """Names as AWS forms them; moto gives the random part and the zone."""
    entries = []
    for entry in endpoint.get("DnsEntries", ()):
        label = str(entry["DnsName"]).partition(".")[0]
        host = _service_host(endpoint["ServiceName"], api.region)
        zone = entry["HostedZoneId"]
        entries.append({"dnsName": f"{label}.{host}.{api.region}.vpce.amazonaws.com", "hostedZoneId": zone})
        if private_names and not host.startswith("vpce-svc-"):
            entries.append({"dnsName": f"{host}.{api.region}.amazonaws.com", "hostedZoneId": zone})
    return entries


def _service_host(service_name: str, region: str) -> str:
    """`com.amazonaws.<region>.ecr.api` → `api.ecr`; an endpoint service keeps its id."""
    labels = [label for label in service_name.split(".") if label not in ("com", "amazonaws", "vpce", region)]
    return ".".join(reversed(labels))


def _prefixes(api: Api, endpoint: Props) -> Props:
    """The prefix list a gateway endpoint routes to."""
    if endpoint["VpcEndpointType"] != "Gateway":
        return {"cidrBlocks": [], "prefixListId": None}
    ec2 = api.client("ec2")
    lists = ec2.describe_prefix_lists(Filters=filters(prefix_list_name=endpoint["ServiceName"]))["PrefixLists"]
    if not lists:
        return {"cidrBlocks": [], "prefixListId": None}
    prefix_list_id = lists[0]["PrefixListId"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=prefix_list_id)["Entries"]
    return {"prefixListId": prefix_list_id, "cidrBlocks": sorted(entry["Cidr"] for entry in entries)}
