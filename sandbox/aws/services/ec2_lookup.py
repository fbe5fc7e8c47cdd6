"""Look-ups in a network: VPCs, subnets, route tables, prefix lists, endpoints and their services."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from awsread.answers import arn, tag_map
from awsread.services.ec2_route import INLINE_DESTINATIONS, TARGETS
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Function, Props, Resource
from sandbox.aws.services.ec2_endpoint import VpcEndpoint
from sandbox.aws.services.ec2_vpc import Subnet, Vpc

# Outputs of the resources that the look-ups of the official provider do not have.
NOT_LOOKED_UP = frozenset(
    {
        "autoAccept",
        "defaultNetworkAclId",
        "defaultRouteTableId",
        "defaultSecurityGroupId",
        "subnetConfigurations",
        "tagsAll",
    }
)


def get_vpc(api: Api, arguments: Props) -> Props:
    wanted = _filters(arguments, id="vpc-id", cidrBlock="cidr", state="state", dhcpOptionsId="dhcp-options-id")
    if arguments.get("default") is not None:
        wanted.append({"Name": "is-default", "Values": [str(arguments["default"]).lower()]})
    vpc = _single("getVpc", arguments, api.client("ec2").describe_vpcs(Filters=wanted)["Vpcs"])
    return {
        **_outputs(Vpc(), api, vpc["VpcId"]),
        "id": vpc["VpcId"],
        "default": bool(vpc.get("IsDefault")),
        "state": vpc["State"],
        "cidrBlockAssociations": [
            {
                "associationId": item["AssociationId"],
                "cidrBlock": item["CidrBlock"],
                "state": item["CidrBlockState"]["State"],
            }
            for item in vpc.get("CidrBlockAssociationSet", ())
        ],
        "ipv6CidrBlockAssociations": [],
    }


def get_vpcs(api: Api, arguments: Props) -> Props:
    found = api.client("ec2").describe_vpcs(Filters=_filters(arguments))["Vpcs"]
    return _ids(api, arguments, (vpc["VpcId"] for vpc in found))


def get_subnet(api: Api, arguments: Props) -> Props:
    names = {"id": "subnet-id", "vpcId": "vpc-id", "cidrBlock": "cidr-block", "availabilityZone": "availability-zone"}
    wanted = _filters(arguments, **names, state="state")
    subnet = _single("getSubnet", arguments, api.client("ec2").describe_subnets(Filters=wanted)["Subnets"])
    return {
        **_outputs(Subnet(), api, subnet["SubnetId"]),
        "id": subnet["SubnetId"],
        "availableIpAddressCount": subnet["AvailableIpAddressCount"],
        "defaultForAz": bool(subnet.get("DefaultForAz")),
        "state": subnet["State"],
    }


def get_subnets(api: Api, arguments: Props) -> Props:
    found = api.client("ec2").describe_subnets(Filters=_filters(arguments))["Subnets"]
    return _ids(api, arguments, (subnet["SubnetId"] for subnet in found))


def get_route_table(api: Api, arguments: Props) -> Props:
    names = {"routeTableId": "route-table-id", "subnetId": "association.subnet-id", "vpcId": "vpc-id"}
    wanted = _filters(arguments, **names, gatewayId="association.gateway-id")
    table = _single("getRouteTable", arguments, api.client("ec2").describe_route_tables(Filters=wanted)["RouteTables"])
    id = table["RouteTableId"]
    return {
        "id": id,
        "arn": arn(api, "ec2", f"route-table/{id}"),
        "ownerId": api.account_id,
        "routeTableId": id,
        "subnetId": arguments.get("subnetId", ""),
        "gatewayId": arguments.get("gatewayId", ""),
        "vpcId": table["VpcId"],
        "routes": [_route(route) for route in table["Routes"] if route.get("GatewayId") != "local"],
        "associations": [_association(association) for association in table.get("Associations", ())],
        "tags": tag_map(table.get("Tags")),
        "region": api.region,
    }


def get_route_tables(api: Api, arguments: Props) -> Props:
    found = api.client("ec2").describe_route_tables(Filters=_filters(arguments, vpcId="vpc-id"))["RouteTables"]
    return {
        **_ids(api, arguments, (table["RouteTableId"] for table in found)),
        "vpcId": arguments.get("vpcId"),
    }


def get_security_group(api: Api, arguments: Props) -> Props:
    wanted = _filters(arguments, id="group-id", name="group-name", vpcId="vpc-id")
    found = api.client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"]
    group = _single("getSecurityGroup", arguments, found)
    return {
        "id": group["GroupId"],
        "arn": arn(api, "ec2", f"security-group/{group['GroupId']}"),
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group["VpcId"],
        "tags": tag_map(group.get("Tags")),
        "region": api.region,
    }


def get_prefix_list(api: Api, arguments: Props) -> Props:
    wanted = _filters(arguments, prefixListId="prefix-list-id", name="prefix-list-name")
    ec2 = api.client("ec2")
    found = _single("getPrefixList", arguments, ec2.describe_prefix_lists(Filters=wanted)["PrefixLists"])
    id = found["PrefixListId"]
    cidrs = [entry["Cidr"] for entry in ec2.get_managed_prefix_list_entries(PrefixListId=id)["Entries"]]
    return {
        "id": id,
        "prefixListId": id,
        "name": found["PrefixListName"],
        "cidrBlocks": sorted(cidrs),
        "region": api.region,
    }


def get_managed_prefix_list(api: Api, arguments: Props) -> Props:
    wanted = _filters(arguments, id="prefix-list-id", name="prefix-list-name")
    ec2 = api.client("ec2")
    answer = ec2.describe_managed_prefix_lists(Filters=wanted)["PrefixLists"]
    found = _single("getManagedPrefixList", arguments, answer)
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]
    return {
        "id": found["PrefixListId"],
        "arn": found["PrefixListArn"],
        "name": found["PrefixListName"],
        "addressFamily": found["AddressFamily"],
        "maxEntries": found.get("MaxEntries", 0),
        "version": found.get("Version", 0),
        "ownerId": found["OwnerId"],
        "entries": [{"cidr": item["Cidr"], "description": item.get("Description", "")} for item in entries],
        "tags": tag_map(found.get("Tags")),
        "region": api.region,
    }


def get_vpc_endpoint(api: Api, arguments: Props) -> Props:
    wanted = _filters(arguments, vpcEndpointType="vpc-endpoint-type")
    expected = {"VpcEndpointId": "id", "VpcId": "vpcId", "ServiceName": "serviceName", "State": "state"}
    found = api.client("ec2").describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"]
    alive = [
        endpoint
        for endpoint in found
        if endpoint["State"] != "deleted"
        and all(endpoint[key] == arguments[name] for key, name in expected.items() if arguments.get(name))
    ]
    endpoint = _single("getVpcEndpoint", arguments, alive)
    return {**_outputs(VpcEndpoint(), api, endpoint["VpcEndpointId"]), "id": endpoint["VpcEndpointId"]}


def get_vpc_endpoint_service(api: Api, arguments: Props) -> Props:
    name = arguments.get("serviceName") or f"com.amazonaws.{api.region}.{arguments.get('service')}"
    wanted = _filters(arguments, serviceType="service-type")
    answer = api.client("ec2").describe_vpc_endpoint_services(ServiceNames=[name], Filters=wanted)
    service = _single("getVpcEndpointService", arguments, answer["ServiceDetails"])
    return {
        "id": service["ServiceId"],
        "arn": arn(api, "ec2", f"vpc-endpoint-service/{service['ServiceId']}"),
        "serviceId": service["ServiceId"],
        "serviceName": service["ServiceName"],
        "service": arguments.get("service"),
        "serviceType": service["ServiceType"][0]["ServiceType"],
        "serviceRegion": api.region,
        "acceptanceRequired": bool(service["AcceptanceRequired"]),
        "availabilityZones": sorted(service["AvailabilityZones"]),
        "baseEndpointDnsNames": sorted(service["BaseEndpointDnsNames"]),
        "managesVpcEndpoints": bool(service.get("ManagesVpcEndpoints")),
        "owner": service["Owner"],
        "privateDnsName": service.get("PrivateDnsName", ""),
        "privateDnsNames": [entry["PrivateDnsName"] for entry in service.get("PrivateDnsNames", ()) if entry],
        "supportedIpAddressTypes": ["ipv4"],
        "vpcEndpointPolicySupported": bool(service["VpcEndpointPolicySupported"]),
        "tags": tag_map(service.get("Tags")),
        "region": api.region,
    }


def _filters(arguments: Props, **names: str) -> list[Props]:
    """Filters of a describe call: the named arguments, the tags, and the program's own filters."""
    result = [{"Name": name, "Values": [arguments[key]]} for key, name in names.items() if arguments.get(key)]
    result += [{"Name": f"tag:{key}", "Values": [value]} for key, value in (arguments.get("tags") or {}).items()]
    result += [{"Name": item["name"], "Values": list(item["values"])} for item in arguments.get("filters") or ()]
    return result


def _single(function: str, arguments: Props, found: Iterable[Mapping[str, Any]]) -> Props:
    matches = [dict(item) for item in found]
    if len(matches) != 1:
        raise InvalidParameterError(f"{function}: {len(matches)} match {arguments!r}, expected exactly one")
    return matches[0]


def _ids(api: Api, arguments: Props, found: Iterable[str]) -> Props:
    ids = sorted(found)
    return {"id": api.region, "ids": ids, "tags": arguments.get("tags") or {}, "region": api.region}


def _outputs(resource: Resource, api: Api, id: str) -> Props:
    live = resource.read(api, id, {})
    outputs = dict(live.outputs) if live else {}
    return {**{name: value for name, value in outputs.items() if name not in NOT_LOOKED_UP}, "region": api.region}


def _route(route: Props) -> Props:
    """A route with every member; those that do not apply are empty."""
    found = {name: route.get(key, "") for name, key in {**INLINE_DESTINATIONS, **TARGETS}.items()}
    return {**found, "coreNetworkArn": "", "instanceId": route.get("InstanceId", ""), "localGatewayId": ""}


def _association(association: Props) -> Props:
    return {
        "routeTableAssociationId": association["RouteTableAssociationId"],
        "routeTableId": association["RouteTableId"],
        "subnetId": association.get("SubnetId", ""),
        "gatewayId": association.get("GatewayId", ""),
        "main": bool(association.get("Main")),
    }


LOOKUPS: dict[str, Callable[[Api, Props], Props]] = {
    "getManagedPrefixList": get_managed_prefix_list,
    "getPrefixList": get_prefix_list,
    "getRouteTable": get_route_table,
    "getRouteTables": get_route_tables,
    "getSecurityGroup": get_security_group,
    "getSubnet": get_subnet,
    "getSubnets": get_subnets,
    "getVpc": get_vpc,
    "getVpcEndpoint": get_vpc_endpoint,
    "getVpcEndpointService": get_vpc_endpoint_service,
    "getVpcs": get_vpcs,
}
FUNCTIONS: Mapping[str, Function] = {f"aws:ec2/{name}:{name}": call for name, call in LOOKUPS.items()}
