"""What EKS refuses of clusters and of node groups with launch templates."""

import base64
import binascii
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from botocore.exceptions import ClientError

from awsread.iam import Policies, Request, may, parsed
from sandbox.aws.refusals.policy import callers
from sandbox.aws.refusals.refusal import Call, Words, refusal

GUIDE = "EKS user guide, Customize managed nodes with launch templates"
NODE_GROUP, UPDATE = "CreateNodegroup", "UpdateNodegroupConfig"
INVALID, REQUEST = "InvalidParameterException", "InvalidRequestException"
MAX_UNAVAILABLE = 100
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source="terraform-aws-modules/terraform-aws-eks issue 2219, 2022-09-05",
    reported=True,
)
def remote_access_with_template(call: Call) -> Words:
    if call.get("launchTemplate") and call.get("remoteAccess"):
        return "Remote access configuration cannot be specified with a launch template."
    return None


@refusal(
    "eks", NODE_GROUP, code=INVALID, source="crossplane-contrib/provider-upjet-aws issue 866, 2023-09-06", reported=True
)
def disk_size_with_template(call: Call) -> Words:
    if call.get("launchTemplate") and call.get("diskSize") is not None:
        return "Disk size must be specified within the launch template."
    return None


@refusal(
    "eks", NODE_GROUP, code=REQUEST, source="terraform-aws-modules/terraform-aws-eks issue 1386, 2021", reported=True
)
def instance_types_in_both(call: Call) -> Words:
    if call.items("instanceTypes") and _template(call).get("InstanceType"):
        return "Cannot specify instance types in launch template and API Request"
    return None


@refusal(
    "eks", NODE_GROUP, code=INVALID, source="hashicorp/terraform-provider-aws issue 15118, 2020-09-11", reported=True
)
def spot_in_template(call: Call) -> Words:
    if _template(call).get("InstanceMarketOptions", {}).get("MarketType") == "spot":
        return "Instance market options are not supported with the launch template."
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source=(
        "botocore 1.44.5, eks CreateNodegroupRequest.nodeRole: don't specify IamInstanceProfile in your launch template"
    ),
)
def profile_in_template(call: Call) -> Words:
    if _template(call).get("IamInstanceProfile"):
        return "Launch template should not specify an instance profile: the node role of the request makes one."
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source="botocore 1.44.5, eks CreateNodegroupRequest.subnets: don't specify SubnetId in your launch template",
)
def subnet_in_template(call: Call) -> Words:
    if any(each.get("SubnetId") for each in _template(call).get("NetworkInterfaces", ())):
        return "Launch template should not specify a subnet: the subnets of the request are used."
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source=(
        "botocore 1.44.5, eks LaunchTemplateSpecification: HibernationOptions , or TerminateInstances , or the node "
        "group deployment or update will fail"
    ),
)
def hibernation_in_template(call: Call) -> Words:
    if _template(call).get("HibernationOptions", {}).get("Configured"):
        return "Launch template should not specify hibernation options."
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source=(
        "botocore 1.44.5, eks CreateNodegroupRequest.amiType: your launch template uses a custom AMI, then don't "
        "specify amiType"
    ),
)
def image_in_template_with_image_type(call: Call) -> Words:
    if _template(call).get("ImageId") and call.get("amiType") not in (None, "CUSTOM"):
        return (
            "You cannot specify an image Id within the launch template, since your nodegroup is configured to use an "
            "EKS optimized AMI."
        )
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code="Ec2LaunchTemplateInvalidConfiguration",
    source="aws-ia/terraform-aws-eks-blueprints issue 843, 2022-08-11; Bottlerocket takes TOML: " + GUIDE,
    reported=True,
)
def plain_user_data(call: Call) -> Words:
    template = _template(call)
    text = _decoded(template.get("UserData", ""))
    own_format = str(call.get("amiType") or "").startswith(("BOTTLEROCKET", "WINDOWS"))
    if not text or template.get("ImageId") or own_format or "multipart/mixed" in text.lower():
        return None
    return "User data was not in the MIME multipart format."


@refusal(
    "eks",
    NODE_GROUP,
    UPDATE,
    code=INVALID,
    source="EKS API reference, NodegroupScalingConfig: the desired size lies between minimum and maximum",
)
def scaling_bounds(call: Call) -> Words:
    low, wanted, high = (call.get(f"scalingConfig.{name}Size") for name in ("min", "desired", "max"))
    if low is not None and high is not None and low > high:
        return f"Minimum capacity {low} can't be greater than maximum size {high}"
    if wanted is not None and low is not None and wanted < low:
        return f"Minimum capacity {low} can't be greater than desired size {wanted}"
    if wanted is not None and high is not None and wanted > high:
        return f"Desired capacity {wanted} can't be greater than max size {high}"
    return None


@refusal(
    "eks",
    NODE_GROUP,
    UPDATE,
    code=INVALID,
    source=(
        "botocore 1.44.5, eks NodegroupUpdateConfig.maxUnavailable: This value or maxUnavailablePercentage is "
        "required to have a value.The maximum number is 100"
    ),
)
def unavailable_nodes(call: Call) -> Words:
    config = call.get("updateConfig") or {}
    if "maxUnavailable" in config and "maxUnavailablePercentage" in config:
        return "maxUnavailable and maxUnavailablePercentage cannot both be specified."
    if config.get("maxUnavailable", 0) > MAX_UNAVAILABLE:
        return f"maxUnavailable must be at most {MAX_UNAVAILABLE}."
    return None


@refusal(
    "eks",
    "CreateCluster",
    code=INVALID,
    source="EKS user guide, VPC and subnet requirements: at least two subnets in different Availability Zones",
)
def subnets_in_two_zones(call: Call) -> Words:
    ids = call.items("resourcesVpcConfig.subnetIds")
    if not ids or len({each["AvailabilityZone"] for each in _subnets(call, ids)}) > 1:
        return None
    return "Subnets specified must be in at least two different AZs"


@refusal(
    "eks",
    "CreateCluster",
    "UpdateClusterConfig",
    code=INVALID,
    source="EKS user guide, Cluster API server endpoint: at least one of private and public access is enabled",
)
def no_endpoint(call: Call) -> Words:
    config = call.get("resourcesVpcConfig") or {}
    if config.get("endpointPublicAccess") is False and not config.get("endpointPrivateAccess"):
        return "Private and public endpoint access cannot be false"
    return None


@refusal(
    "eks",
    "CreateCluster",
    code=INVALID,
    source=(
        "botocore 1.44.5, eks KubernetesNetworkConfigRequest.serviceIpv4Cidr: Doesn't overlap with any CIDR "
        "block assigned to the VPC"
    ),
)
def service_addresses(call: Call) -> Words:
    text = call.get("kubernetesNetworkConfig.serviceIpv4Cidr")
    if text is None:
        return None
    cidr = IPv4Network(text, strict=False)
    if not 12 <= cidr.prefixlen <= 24 or not any(cidr.subnet_of(each) for each in PRIVATE):
        return f"The specified service CIDR {text} is invalid: a private block between /24 and /12 is allowed."
    for each in _vpc_blocks(call):
        if cidr.overlaps(each):
            return f"The specified service CIDR {text} overlaps the VPC's block {each}."
    return None


@refusal(
    "eks",
    "CreateCluster",
    "AssociateEncryptionConfig",
    code=REQUEST,
    source=(
        "kubernetes-sigs/cluster-api-provider-aws issue 2432, 2021-05-26; of DescribeKey: "
        "terraform-aws-modules/terraform-aws-eks issue 2678, 2023-07-10; kms:GrantIsForAWSResource is not supported: "
        "EKS user guide, Encrypt Kubernetes secrets with KMS on existing clusters"
    ),
    reported=True,
)
def grant_on_key_of_secrets(call: Call) -> Words:
    keys = [each.get("provider", {}).get("keyArn") for each in call.items("encryptionConfig")]
    for key in filter(None, keys):
        for action in ("kms:DescribeKey", "kms:CreateGrant"):
            if not _key_lets(call, key, action):
                return f"User not authorized to perform {action} operation"
    return None


@refusal(
    "eks",
    NODE_GROUP,
    code=INVALID,
    source="terraform-aws-modules/terraform-aws-eks issue 1279, 2021-03-20: m4.large in eu-west-3",
    reported=True,
)
def types_of_the_region(call: Call) -> Words:
    wanted = call.items("instanceTypes")
    if not wanted:
        return None
    names = [{"Name": "instance-type", "Values": wanted}]
    pages = call.client("ec2").get_paginator("describe_instance_type_offerings").paginate(Filters=names)
    offered = {each["InstanceType"] for page in pages for each in page["InstanceTypeOfferings"]}
    missing = [each for each in wanted if each not in offered]
    return f"The following supplied instance types do not exist: [{', '.join(missing)}]" if missing else None


def _key_lets(call: Call, key: str, action: str) -> bool:
    """Whether a key's policy lets the caller do something through EKS; their own policies are judged elsewhere.

    A grant through EKS has no `kms:GrantIsForAWSResource`.
    """
    try:
        policy = call.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    except ClientError:
        return True  # a key of another account: its policy cannot be read
    everything = parsed({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    context = {"kms:ViaService": f"eks.{call.region}.amazonaws.com", "aws:RequestedRegion": call.region}
    return any(
        may(
            Policies(identity={who: [everything]}, resources={key: parsed(policy)}),
            Request(principal=who, action=action, resource=key, context=context),
        ).allowed
        for who in callers(call, policy)
    )


def _template(call: Call) -> Mapping[str, Any]:
    """The launch template's content that a node group would use; empty where it names none."""
    named = call.get("launchTemplate")
    if not named:
        return {}
    which = {"LaunchTemplateId": named["id"]} if named.get("id") else {"LaunchTemplateName": named.get("name")}
    versions = [str(named.get("version") or "$Default")]
    found = call.client("ec2").describe_launch_template_versions(**which, Versions=versions)["LaunchTemplateVersions"]
    return found[0]["LaunchTemplateData"] if found else {}


def _decoded(user_data: str) -> str:
    try:
        return base64.b64decode(user_data).decode(errors="replace")
    except binascii.Error:
        return user_data


def _subnets(call: Call, ids: list[str]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = call.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"]
    return found


def _vpc_blocks(call: Call) -> list[IPv4Network]:
    subnets = _subnets(call, call.items("resourcesVpcConfig.subnetIds"))
    vpcs = call.client("ec2").describe_vpcs(VpcIds=sorted({each["VpcId"] for each in subnets}))["Vpcs"]
    return [IPv4Network(each["CidrBlock"]) for vpc in vpcs for each in vpc["CidrBlockAssociationSet"]]
