"""VPCs, subnets, routes, security groups, endpoints and flow logs."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.reader import Props, Reader, camel, only, pick, reader, tags


def _vpc(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_vpcs(VpcIds=[node.id]), "Vpcs")
    if found is None:
        return None
    attributes = {
        name: ec2.describe_vpc_attribute(VpcId=node.id, Attribute=name)[f"{name[0].upper()}{name[1:]}"]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    return {**pick(found, "CidrBlock", "InstanceTenancy"), **attributes, "tags": tags(found.get("Tags"))}


def _subnet(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_subnets(SubnetIds=[node.id]), "Subnets")
    return found and _tagged(found, "CidrBlock", "MapPublicIpOnLaunch", "AvailabilityZone", "VpcId")


def _route_table(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_route_tables(RouteTableIds=[node.id]), "RouteTables")
    return found and _tagged(found, "VpcId")


def _route(ec2: Any, node: Node) -> Props | None:
    table = only(ec2.describe_route_tables(RouteTableIds=[node.inputs["routeTableId"]]), "RouteTables")
    wanted = node.inputs.get("destinationCidrBlock")
    route = next((each for each in (table or {}).get("Routes", ()) if each.get("DestinationCidrBlock") == wanted), None)
    names = ("DestinationCidrBlock", "GatewayId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId")
    return None if route is None else {**pick(route, *names), "routeTableId": node.inputs["routeTableId"]}


def _table_association(ec2: Any, node: Node) -> Props | None:
    by_id = [{"Name": "association.route-table-association-id", "Values": [node.id]}]
    table = only(ec2.describe_route_tables(Filters=by_id), "RouteTables")
    found = [each for each in (table or {}).get("Associations", ()) if each["RouteTableAssociationId"] == node.id]
    return pick(found[0], "SubnetId", "RouteTableId") if found else None


def _group(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_security_groups(GroupIds=[node.id]), "SecurityGroups")
    return found and _tagged(found, "VpcId")


def _default_group(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_security_groups(GroupIds=[node.id]), "SecurityGroups")
    if found is None:
        return None
    return {
        "vpcId": found["VpcId"],
        "tags": tags(found.get("Tags")),
        "ingress": [permission(each) for each in found["IpPermissions"]],
        "egress": [permission(each) for each in found["IpPermissionsEgress"]],
    }


def permission(found: Mapping[str, Any]) -> Props:
    """One permission of a group as an inline rule."""
    return {
        "protocol": found["IpProtocol"],
        "fromPort": found.get("FromPort", 0),
        "toPort": found.get("ToPort", 0),
        "cidrBlocks": [each["CidrIp"] for each in found.get("IpRanges", ())],
        "ipv6CidrBlocks": [each["CidrIpv6"] for each in found.get("Ipv6Ranges", ())],
        "securityGroups": [each["GroupId"] for each in found.get("UserIdGroupPairs", ())],
    }


def _rule(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_security_group_rules(SecurityGroupRuleIds=[node.id]), "SecurityGroupRules")
    return found and group_rule(found)


def group_rule(found: Mapping[str, Any]) -> Props:
    """A rule of a security group, as the resource of its own that it is."""
    ports = {} if found["IpProtocol"] == "-1" else pick(found, "FromPort", "ToPort")
    return {
        "securityGroupId": found["GroupId"],
        "ipProtocol": found["IpProtocol"],
        **ports,
        **pick(found, "CidrIpv4", "CidrIpv6", "PrefixListId", "Description"),
        **pick(found.get("ReferencedGroupInfo", {}), referencedSecurityGroupId="GroupId"),
        "tags": tags(found.get("Tags")),
    }


def _endpoint(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_vpc_endpoints(VpcEndpointIds=[node.id]), "VpcEndpoints")
    if found is None:
        return None
    names = ("VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled", "SubnetIds", "RouteTableIds")
    groups = [group["GroupId"] for group in found.get("Groups", ())]
    told = {**_tagged(found, *names), "securityGroupIds": groups, **pick(found, policy="PolicyDocument")}
    return {name: value for name, value in told.items() if value != [] or name in node.inputs}


def _endpoint_service(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[node.id]), "ServiceConfigurations")
    return found and _tagged(found, "AcceptanceRequired", "NetworkLoadBalancerArns", "GatewayLoadBalancerArns")


def _allowed_principal(ec2: Any, node: Node) -> Props | None:
    service, principal = node.inputs["vpcEndpointServiceId"], node.inputs["principalArn"]
    found = ec2.describe_vpc_endpoint_service_permissions(ServiceId=service)["AllowedPrincipals"]
    there = any(each["Principal"] == principal for each in found)
    return {"principalArn": principal, "vpcEndpointServiceId": service} if there else None


def _flow_log(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_flow_logs(FlowLogIds=[node.id]), "FlowLogs")
    if found is None:
        return None
    of = {"vpc": "vpcId", "subnet": "subnetId", "eni": "eniId"}[found["ResourceId"].split("-")[0]]
    names = ("TrafficType", "LogDestinationType", "LogDestination", "MaxAggregationInterval", "LogFormat")
    return {
        **_tagged(found, *names),
        of: found["ResourceId"],
        **pick(found, iamRoleArn="DeliverLogsPermissionArn"),
    }


def _launch_template(ec2: Any, node: Node) -> Props | None:
    """The newest version: what a node group would start next."""
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=node.id, Versions=["$Latest"])
    found = only(versions, "LaunchTemplateVersions")
    if found is None:
        return None
    data = dict(camel(found["LaunchTemplateData"]))
    data["tagSpecifications"] = [
        {"resourceType": each["resourceType"], "tags": tags(each.get("tags"))}
        for each in data.get("tagSpecifications", ())
    ]
    devices = data.get("networkInterfaces", ())
    data["networkInterfaces"] = [
        {("securityGroups" if name == "groups" else name): value for name, value in each.items()} for each in devices
    ]
    return {**data, "vpcSecurityGroupIds": data.pop("securityGroupIds", None)}


def _network_acl(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_network_acls(NetworkAclIds=[node.id]), "NetworkAcls")
    if found is None:
        return None
    entries = [each for each in found["Entries"] if each["RuleNumber"] < ACL_LAST]
    subnets = [each["SubnetId"] for each in found.get("Associations", ())]
    return {
        "vpcId": found["VpcId"],
        "ingress": [_acl_entry(each) for each in entries if not each["Egress"]],
        "egress": [_acl_entry(each) for each in entries if each["Egress"]],
        "tags": tags(found.get("Tags")),
        **({"subnetIds": subnets} if "subnetIds" in node.inputs else {}),
    }


def _acl_entry(found: Mapping[str, Any]) -> Props:
    ports = found.get("PortRange", {})
    return {
        "ruleNo": found["RuleNumber"],
        "action": found["RuleAction"],
        "protocol": PROTOCOLS.get(found["Protocol"], found["Protocol"]),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        **pick(found, "CidrBlock", "Ipv6CidrBlock"),
    }


def _default_route_table(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_route_tables(RouteTableIds=[node.id]), "RouteTables")
    if found is None:
        return None
    routes = [each for each in found["Routes"] if each.get("GatewayId") != "local"]
    names = ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId")
    told = [pick(each, *names, cidrBlock="DestinationCidrBlock") for each in routes]
    return {"routes": told, "tags": tags(found.get("Tags"))}


def _placement_group(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_placement_groups(GroupNames=[node.id]), "PlacementGroups")
    return found and _tagged(found, "Strategy", "PartitionCount", "SpreadLevel")


def _gateway(ec2: Any, node: Node) -> Props | None:
    found = only(ec2.describe_internet_gateways(InternetGatewayIds=[node.id]), "InternetGateways")
    attached = only(found, "Attachments") if found else None
    return found and {**pick(attached or {}, "VpcId"), "tags": tags(found.get("Tags"))}


def _tagged(found: Props, *names: str) -> dict[str, Any]:
    return {**pick(found, *names), "tags": tags(found.get("Tags"))}


ACL_LAST = 32767  # AWS's own refusal of all the rest
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp"}
TEMPLATE_FIXED = ("updateDefaultVersion", "defaultVersion", "tags")

READERS: Mapping[str, Reader] = {
    "aws:ec2/vpc:Vpc": reader(
        "ec2", _vpc, "enableNetworkAddressUsageMetrics", "assignGeneratedIpv6CidrBlock", "ipv4IpamPoolId"
    ),
    "aws:ec2/subnet:Subnet": reader(
        "ec2",
        _subnet,
        "assignIpv6AddressOnCreation",
        "enableDns64",
        "ipv6Native",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "mapCustomerOwnedIpOnLaunch",
    ),
    "aws:ec2/routeTable:RouteTable": reader("ec2", _route_table),
    "aws:ec2/route:Route": reader("ec2", _route),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": reader("ec2", _table_association),
    "aws:ec2/securityGroup:SecurityGroup": reader("ec2", _group, "revokeRulesOnDelete", "ingress", "egress"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": reader("ec2", _default_group, "revokeRulesOnDelete"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": reader("ec2", _rule),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": reader("ec2", _rule),
    "aws:ec2/vpcEndpoint:VpcEndpoint": reader(
        "ec2", _endpoint, "autoAccept", "dnsOptions", "ipAddressType", "serviceRegion", "subnetConfigurations"
    ),
    "aws:ec2/vpcEndpointService:VpcEndpointService": reader("ec2", _endpoint_service, "supportedIpAddressTypes"),
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": reader("ec2", _allowed_principal),
    "aws:ec2/networkAcl:NetworkAcl": reader("ec2", _network_acl),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": reader("ec2", _network_acl, "defaultNetworkAclId"),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": reader("ec2", _default_route_table, "defaultRouteTableId"),
    "aws:ec2/placementGroup:PlacementGroup": reader("ec2", _placement_group),
    "aws:ec2/flowLog:FlowLog": reader("ec2", _flow_log, "deliverCrossAccountRole", "destinationOptions"),
    "aws:ec2/launchTemplate:LaunchTemplate": reader("ec2", _launch_template, *TEMPLATE_FIXED),
    "aws:ec2/internetGateway:InternetGateway": reader("ec2", _gateway),
}
