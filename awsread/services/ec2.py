"""VPCs, subnets, gateways, flow logs, launch templates, hosts, and the defaults of block storage."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import arn, filters, one, pick, same_set, tag_map
from awsread.reader import Aws, Props, reads
from awsread.schema import schema_of
from awsread.shapes import to_props

VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
TEMPLATE_NAMES = {
    "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "ipv4Addresses": "PrivateIpAddresses",
    "securityGroupNames": "SecurityGroups",
    "securityGroups": "Groups",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}
TEMPLATE_LISTS = ("networkInterfaces", "tagSpecifications")  # empty where a version has none
LOGGED = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId", "tgw-attach-": "transitGatewayAttachmentId"}


def owned(aws: Aws, kind: str, id: str, found: Mapping[str, Any]) -> Props:
    """Properties of every EC2 resource: ARN, owner, tags."""
    return {"arn": arn(aws, "ec2", f"{kind}/{id}"), "ownerId": aws.account_id, "tags": tag_map(found.get("Tags"))}


@reads("ec2", "aws:ec2/vpc:Vpc", fixed="enableNetworkAddressUsageMetrics assignGeneratedIpv6CidrBlock ipv4IpamPoolId")
def vpc(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    ec2 = aws.client("ec2")
    found = one(ec2.describe_vpcs, "Vpcs", VpcIds=[id])
    if found is None:
        return None
    ipv6: Props = next(iter(found.get("Ipv6CidrBlockAssociationSet", ())), {})
    return {
        **owned(aws, "vpc", id, found),
        **pick(found, "CidrBlock", "InstanceTenancy", "DhcpOptionsId"),
        "assignGeneratedIpv6CidrBlock": True if ipv6 else known.get("assignGeneratedIpv6CidrBlock"),
        "ipv6AssociationId": ipv6.get("AssociationId", ""),
        "ipv6CidrBlock": ipv6.get("Ipv6CidrBlock"),
        "ipv6CidrBlockNetworkBorderGroup": ipv6.get("NetworkBorderGroup"),
        **{name: _vpc_attribute(ec2, id, name) for name in VPC_ATTRIBUTES},
        **_default_resources(ec2, id),
    }


def _vpc_attribute(ec2: Any, id: str, name: str) -> bool:
    return bool(ec2.describe_vpc_attribute(VpcId=id, Attribute=name)[name[0].upper() + name[1:]]["Value"])


def _default_resources(ec2: Any, id: str) -> Props:
    """Ids of the resources that AWS creates with every VPC."""
    main = [*filters(vpc_id=id), {"Name": "association.main", "Values": ["true"]}]
    table = one(ec2.describe_route_tables, "RouteTables", Filters=main) or {}
    acl = one(ec2.describe_network_acls, "NetworkAcls", Filters=filters(vpc_id=id, default="true")) or {}
    group = one(ec2.describe_security_groups, "SecurityGroups", Filters=filters(vpc_id=id, group_name="default")) or {}
    return {
        "mainRouteTableId": table.get("RouteTableId"),
        "defaultRouteTableId": table.get("RouteTableId"),
        "defaultNetworkAclId": acl.get("NetworkAclId"),
        "defaultSecurityGroupId": group.get("GroupId"),
    }


@reads(
    "ec2",
    "aws:ec2/subnet:Subnet",
    fixed="assignIpv6AddressOnCreation enableDns64 ipv6Native enableResourceNameDnsARecordOnLaunch"
    " enableResourceNameDnsAaaaRecordOnLaunch mapCustomerOwnedIpOnLaunch",
)
def subnet(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_subnets, "Subnets", Filters=filters(subnet_id=id))
    if found is None:
        return None
    ipv6: Props = next(iter(found.get("Ipv6CidrBlockAssociationSet", ())), {})
    names = found.get("PrivateDnsNameOptionsOnLaunch", {})
    return {
        **owned(aws, "subnet", id, found),
        **pick(found, "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId"),
        "ipv6CidrBlock": ipv6.get("Ipv6CidrBlock"),
        "ipv6CidrBlockAssociationId": ipv6.get("AssociationId", ""),
        "ipv6Native": bool(found.get("Ipv6Native")),
        "mapPublicIpOnLaunch": bool(found.get("MapPublicIpOnLaunch")),
        "assignIpv6AddressOnCreation": bool(found.get("AssignIpv6AddressOnCreation")),
        "enableDns64": bool(found.get("EnableDns64")),
        "enableResourceNameDnsARecordOnLaunch": bool(names.get("EnableResourceNameDnsARecord")),
        "enableResourceNameDnsAaaaRecordOnLaunch": bool(names.get("EnableResourceNameDnsAAAARecord")),
        "privateDnsHostnameTypeOnLaunch": names.get("HostnameType"),
    }


@reads("ec2", "aws:ec2/internetGateway:InternetGateway")
def internet_gateway(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id])
    if found is None:
        return None
    attachment: Props = next(iter(found.get("Attachments", ())), {})
    return {**owned(aws, "internet-gateway", id, found), "vpcId": attachment.get("VpcId")}


@reads("ec2", "aws:ec2/natGateway:NatGateway")
def nat_gateway(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_nat_gateways, "NatGateways", NatGatewayIds=[id])
    if found is None or found["State"] in ("deleted", "deleting"):
        return None
    address: Props = next(iter(found.get("NatGatewayAddresses", ())), {})
    return {
        **pick(found, "SubnetId", "ConnectivityType"),
        **pick(address, "AllocationId", "AssociationId", "NetworkInterfaceId", privateIp="PrivateIp"),
        **pick(address, "PublicIp"),
        "tags": tag_map(found.get("Tags")),
    }


@reads("ec2", "aws:ec2/eip:Eip")
def elastic_ip(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_addresses, "Addresses", AllocationIds=[id])
    if found is None:
        return None
    dashed = str(found["PublicIp"]).replace(".", "-")
    return {
        "allocationId": id,
        "arn": arn(aws, "ec2", f"elastic-ip/{id}"),
        **pick(found, "Domain", "PublicIp"),
        "publicDns": f"ec2-{dashed}.{aws.region}.compute.amazonaws.com",
        "instance": found.get("InstanceId") or None,
        "networkInterface": known.get("networkInterface") and found.get("NetworkInterfaceId"),
        "networkBorderGroup": found.get("NetworkBorderGroup") or aws.region,
        "tags": tag_map(found.get("Tags")),
    }


@reads("ec2", "aws:ec2/flowLog:FlowLog", fixed="deliverCrossAccountRole destinationOptions")
def flow_log(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_flow_logs, "FlowLogs", FlowLogIds=[id])
    if found is None:
        return None
    names = ("TrafficType", "LogDestinationType", "LogDestination", "LogFormat", "MaxAggregationInterval")
    return {
        "arn": arn(aws, "ec2", f"vpc-flow-log/{id}"),
        next(name for prefix, name in LOGGED.items() if found["ResourceId"].startswith(prefix)): found["ResourceId"],
        **pick(found, *names, iamRoleArn="DeliverLogsPermissionArn"),
        "tags": tag_map(found.get("Tags")),
    }


@reads("ec2", TEMPLATE, fixed="updateDefaultVersion defaultVersion tags")
def launch_template(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The template's newest version, which a node group would start next."""
    ec2 = aws.client("ec2")
    template = one(ec2.describe_launch_templates, "LaunchTemplates", LaunchTemplateIds=[id])
    if template is None:
        return None
    newest = ec2.describe_launch_template_versions(LaunchTemplateId=id, Versions=["$Latest"])
    version = newest["LaunchTemplateVersions"][0]
    return {
        "arn": arn(aws, "ec2", f"launch-template/{id}"),
        "name": template["LaunchTemplateName"],
        "defaultVersion": template["DefaultVersionNumber"],
        "latestVersion": template["LatestVersionNumber"],
        "description": version.get("VersionDescription"),
        "tags": tag_map(ec2.describe_tags(Filters=filters(resource_id=id))["Tags"]),
        **{name: [] for name in TEMPLATE_LISTS},
        **_template_data(version["LaunchTemplateData"]),
    }


def _template_data(data: Mapping[str, Any]) -> Props:
    ours = [tags for tags in data.get("TagSpecifications", ()) if tags["ResourceType"] != "launch-template"]
    properties = schema_of(TEMPLATE).inputs.properties
    spelled = {name.lower(): name for name in properties}
    renamed = {TEMPLATE_NAMES.get(name, ""): name for name in properties}
    found: Props = {}
    for key, value in {**data, "TagSpecifications": ours}.items():
        name = renamed.get(key) or spelled[key.lower()]
        found[name] = to_props(value, properties[name], TEMPLATE_NAMES)
    return {name: value for name, value in found.items() if value not in ([], "")}


@reads("ec2", "aws:ec2/dedicatedHost:DedicatedHost")
def dedicated_host(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_hosts, "Hosts", HostIds=[id])
    if found is None or found["State"] in ("released", "released-permanent-failure"):
        return None
    return {
        **owned(aws, "dedicated-host", id, found),
        **pick(found, "AvailabilityZone", "AutoPlacement", "HostRecovery"),
        **pick(found.get("HostProperties", {}), "InstanceFamily", "InstanceType"),
    }


@reads("ec2", "aws:ec2/placementGroup:PlacementGroup")
def placement_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = one(aws.client("ec2").describe_placement_groups, "PlacementGroups", GroupNames=[id])
    if found is None:
        return None
    return {**pick(found, "Strategy", "PartitionCount", "SpreadLevel"), "tags": tag_map(found.get("Tags"))}


@reads("ec2", "aws:ebs/encryptionByDefault:EncryptionByDefault")
def encryption_by_default(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    return {"enabled": bool(aws.client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"])}


def members(known: Mapping[str, Any], found: Mapping[str, Any], **names: str) -> Props:
    """Properties whose order AWS does not keep, in the order already known. `names`: Pulumi's name → AWS's."""
    return {ours: same_set(known.get(ours), found.get(theirs, ())) for ours, theirs in names.items()}
