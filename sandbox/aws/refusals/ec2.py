"""What EC2 refuses of endpoints, launch templates, flow logs and network ACLs.

EC2 takes a launch template whose volumes are wrong and refuses the instances. The stand-in launches none, so it says no
to the template.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.aws.refusals.refusal import Call, Words, refusal

ENDPOINT, TEMPLATES = "CreateVpcEndpoint", ("CreateLaunchTemplate", "CreateLaunchTemplateVersion")
USER_DATA_BYTES = 16_384
FLOW_INTERVALS = (60, 600)
LAST_ACL_RULE = 32_766
DESCRIBED_SIZES = {
    "gp3": (1, 65_536),
    "gp2": (1, 16_384),
    "io1": (4, 16_384),
    "io2": (4, 65_536),
    "standard": (1, 1_024),
}
IOPS = {"gp3": (3_000, 80_000), "io1": (100, 64_000), "io2": (100, 256_000)}
THROUGHPUT = (125, 2_000)
THROUGHPUT_PER_IOPS, IOPS_PER_GIB = 0.25, 500
EBS = "botocore 1.44.5, ec2 LaunchTemplateEbsBlockDeviceRequest"


@refusal(
    "ec2",
    ENDPOINT,
    code="InvalidParameter",
    source=("botocore 1.44.5, ec2 CreateVpcEndpointRequest.PrivateDnsEnabled: enableDnsHostnames and enableDnsSupport"),
)
def private_names_need_dns(call: Call) -> Words:
    if not _has_private_names(call):
        return None
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        found = call.client("ec2").describe_vpc_attribute(VpcId=call.get("VpcId"), Attribute=name)
        if not found[name[0].upper() + name[1:]]["Value"]:
            return (
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {call.get('VpcId')}"
            )
    return None


@refusal(
    "ec2",
    ENDPOINT,
    code="InvalidParameter",
    source=(
        "hashicorp/terraform-provider-aws issue 17535, 2021-02-09; aws-cloudformation/cfn-lint pull request 4492, "
        "2026-04-30"
    ),
    reported=True,
)
def private_names_once(call: Call) -> Words:
    if not _has_private_names(call):
        return None
    taken = [each for each in _endpoints(call) if each.get("PrivateDnsEnabled")]
    if not any(each["ServiceName"] == call.get("ServiceName") for each in taken):
        return None
    parts = str(call.get("ServiceName")).split(".")
    host = f"{parts[-1]}.{call.region}.amazonaws.com"
    return (
        f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {host} in the VPC "
        f"{call.get('VpcId')}"
    )


@refusal(
    "ec2",
    ENDPOINT,
    code="InvalidParameter",
    source="terraform-aws-modules/terraform-aws-vpc issue 982, 2023-09-13",
    reported=True,
)
def private_names_of_s3(call: Call) -> Words:
    only_inbound = call.get("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint")
    if not (_has_private_names(call) and only_inbound and str(call.get("ServiceName")).endswith(".s3")):
        return None
    gateways = [each for each in _endpoints(call) if each["VpcEndpointType"] == "Gateway"]
    if any(each["ServiceName"] == call.get("ServiceName") for each in gateways):
        return None
    return (
        f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {call.get('VpcId')} must have a Gateway "
        "endpoint for the service."
    )


@refusal(
    "ec2",
    ENDPOINT,
    code="DuplicateSubnetsInSameZone",
    source="terraform-aws-modules/terraform-aws-vpc issue 583, 2021-02-03",
    reported=True,
)
def one_subnet_of_a_zone(call: Call) -> Words:
    ids = call.items("SubnetIds")
    if len(ids) < 2:
        return None
    subnets = call.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"]
    zones = Counter(each["AvailabilityZone"] for each in subnets)
    doubled = next((each["SubnetId"] for each in subnets if zones[each["AvailabilityZone"]] > 1), None)
    if doubled is None:
        return None
    return (
        f"Found another VPC endpoint subnet in the availability zone of {doubled}. VPC endpoint subnets should be in "
        "different availability zones supported by the VPC endpoint service."
    )


@refusal(
    "ec2",
    ENDPOINT,
    code="InvalidParameter",
    source="botocore 1.44.5, ec2 CreateVpcEndpointRequest.SubnetIds and SecurityGroupIds: not for gateway endpoints",
)
def interfaces_of_gateway_endpoints(call: Call) -> Words:
    if (call.get("VpcEndpointType") or "Gateway") != "Gateway":
        return None
    for name in ("SubnetIds", "SecurityGroupIds"):
        if call.items(name):
            return f"{name} is not supported for Gateway endpoints."
    return "Private DNS is not supported for Gateway endpoints." if call.get("PrivateDnsEnabled") else None


@refusal(
    "ec2",
    "CreateVpcEndpointServiceConfiguration",
    code="InvalidParameter",
    source="AWS PrivateLink guide, Create a service powered by AWS PrivateLink: a Network or Gateway Load Balancer",
)
def services_need_network_load_balancers(call: Call) -> Words:
    arns = call.items("NetworkLoadBalancerArns")
    if not arns and not call.items("GatewayLoadBalancerArns"):
        return "Specify at least one Network Load Balancer or Gateway Load Balancer."
    for each in call.client("elbv2").describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"] if arns else ():
        if each["Type"] != "network":
            return (
                f"{each['LoadBalancerArn']} is of type {each['Type']}; an endpoint service takes Network Load "
                "Balancers."
            )
    return None


@refusal(
    "ec2",
    *TEMPLATES,
    code="InvalidParameterValue",
    source="botocore 1.44.5, ec2 RequestLaunchTemplateData.UserData: User data is limited to 16 KB",
)
def size_of_user_data(call: Call) -> Words:
    text = str(call.get("LaunchTemplateData.UserData") or "")
    try:
        length = len(base64.b64decode(text, validate=True))
    except binascii.Error:
        return "User data must be base64-encoded."
    return f"User data is limited to {USER_DATA_BYTES} bytes" if length > USER_DATA_BYTES else None


@refusal("ec2", *TEMPLATES, code="InvalidParameterValue", source=f"{EBS}.VolumeSize: gp3: 1 - 65,536 GiB")
def sizes_of_volumes(call: Call) -> Words:
    for ebs in _volumes(call):
        low, high = DESCRIBED_SIZES.get(ebs.get("VolumeType", ""), (1, 65_536))
        if "VolumeSize" in ebs and not low <= ebs["VolumeSize"] <= high:
            return f"Volume of {ebs['VolumeSize']} GiB is invalid; must be between {low} and {high} GiB"
    return None


@refusal("ec2", *TEMPLATES, code="InvalidParameterValue", source=f"{EBS}.Iops: gp3: 3,000 - 80,000 IOPS")
def iops_of_volumes(call: Call) -> Words:
    for ebs in _volumes(call):
        kind = ebs.get("VolumeType", "gp2")
        if "Iops" in ebs and kind not in IOPS:
            return f"The parameter iops is not supported for {kind} volumes."
        low, high = IOPS.get(kind, (0, 0))
        if "Iops" in ebs and not low <= ebs["Iops"] <= high:
            return f"Volume iops of {ebs['Iops']} is invalid; must be between {low} and {high}"
        if kind in {"io1", "io2"} and "Iops" not in ebs:
            return f"The parameter iops must be specified for {kind} volumes."
    return None


@refusal(
    "ec2",
    *TEMPLATES,
    code="InvalidParameterValue",
    source=f"{EBS}.Throughput: Minimum value of 125. Maximum value of 2,000",
)
def throughput_of_volumes(call: Call) -> Words:
    low, high = THROUGHPUT
    for ebs in _volumes(call):
        if "Throughput" not in ebs:
            continue
        if ebs.get("VolumeType") != "gp3":
            return f"The parameter throughput is not supported for {ebs.get('VolumeType', 'gp2')} volumes."
        if not low <= ebs["Throughput"] <= high:
            return f"Volume throughput of {ebs['Throughput']} MiB/s is invalid; must be between {low} and {high}"
    return None


@refusal(
    "ec2",
    *TEMPLATES,
    code="InvalidParameterCombination",
    source="EBS user guide, General Purpose SSD volumes: at most 0.25 MiB/s for each IOPS, and 500 IOPS for each GiB",
)
def ratios_of_volumes(call: Call) -> Words:
    for ebs in _volumes(call):
        if ebs.get("VolumeType") != "gp3":
            continue
        iops = ebs.get("Iops", 3_000)
        if ebs.get("Throughput", 125) / iops > THROUGHPUT_PER_IOPS:
            return (
                f"The throughput to iops ratio of {ebs['Throughput'] / iops:.3f} is too high; maximum is "
                f"{THROUGHPUT_PER_IOPS}"
            )
        if "Iops" in ebs and "VolumeSize" in ebs and iops > max(3_000, IOPS_PER_GIB * ebs["VolumeSize"]):
            return f"Iops to volume size ratio is too high; maximum is {IOPS_PER_GIB}"
    return None


@refusal(
    "ec2",
    "CreateFlowLogs",
    code="InvalidParameter",
    source=(
        "botocore 1.44.5, ec2 CreateFlowLogsRequest.MaxAggregationInterval: The possible values are 60 seconds (1 "
        "minute) or 600"
    ),
)
def flow_log_interval(call: Call) -> Words:
    found = call.get("MaxAggregationInterval")
    return None if found in (None, *FLOW_INTERVALS) else f"Max aggregation interval {found} must be 60 or 600 seconds."


@refusal(
    "ec2",
    "AllocateHosts",
    code="UnsupportedHostConfiguration",
    source="DanielRDias/terraform-aws-dedicated-host issue 5, 2021-12-16; which types: ec2 DescribeInstanceTypes",
    reported=True,
)
def types_of_hosts(call: Call) -> Words:
    kind = call.get("InstanceType")
    if kind is None:
        return None
    [found] = call.client("ec2").describe_instance_types(InstanceTypes=[kind])["InstanceTypes"]
    if found.get("DedicatedHostsSupported", True):
        return None
    return (
        "The requested configuration is currently not supported. Please check the documentation for supported "
        "configurations."
    )


@refusal(
    "ec2",
    "CreateNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    code="InvalidParameterValue",
    source="botocore 1.44.5, ec2 CreateNetworkAclEntryRequest.RuleNumber: Positive integer from 1 to 32766",
)
def acl_rule_number(call: Call) -> Words:
    found = call.get("RuleNumber")
    if found is None or 1 <= found <= LAST_ACL_RULE:
        return None
    return f"Rule number {found} is invalid; must be between 1 and {LAST_ACL_RULE}"


def _has_private_names(call: Call) -> bool:
    return call.get("VpcEndpointType") == "Interface" and call.get("PrivateDnsEnabled") is True


def _endpoints(call: Call) -> list[Mapping[str, Any]]:
    """The endpoints that the VPC has."""
    filters = [{"Name": "vpc-id", "Values": [call.get("VpcId")]}]
    found: list[Mapping[str, Any]] = call.client("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    return [each for each in found if str(each.get("State", "available")).lower() not in {"deleted", "deleting"}]


def _volumes(call: Call) -> Iterator[Mapping[str, Any]]:
    for device in call.items("LaunchTemplateData.BlockDeviceMappings"):
        if device.get("Ebs"):
            yield device["Ebs"]
