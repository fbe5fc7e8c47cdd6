"""What OpenSearch Service refuses of domains: volumes, zones, masters and logs."""

from botocore.exceptions import ClientError

from sandbox.aws.refusals.policy import allows_service
from sandbox.aws.refusals.refusal import Call, Words, refusal

ROLE_SERVICES = ("opensearchservice.amazonaws.com", "es.amazonaws.com")  # the second of older accounts
OPERATIONS = ("CreateDomain", "UpdateDomainConfig")
CODE = "ValidationException"
STEP_GIB, STEP_MIBPS, MAX_MIBPS = 3_072, 250, 2_000
SMALL_GIB, SMALL_MIBPS = 200, 125
MIN_IOPS, IOPS_PER_GIB, MAX_IOPS = 3_000, 3, 16_000
NUMBERS = {1: "one subnet", 2: "two subnets", 3: "three subnets"}


@refusal(
    "opensearch",
    *OPERATIONS,
    code="LimitExceededException",
    source=(
        "awsdocs/aws-cloudformation-user-guide issue 1324, 2023-05-02 (code; 125 is refused); 250 for each "
        "started 3 TB: "
        "hashicorp/terraform-provider-aws issue 39136, 2024-11-26; at most 2,000: aws/aws-cdk pull request 38001, "
        "2026-05-26; the words were passed on by a user, their first report was not found"
    ),
)
def volume_throughput(call: Call) -> Words:
    size, found = call.get("EBSOptions.VolumeSize"), call.get("EBSOptions.Throughput")
    if call.get("EBSOptions.VolumeType") != "gp3" or size is None or found is None:
        return None
    low = SMALL_MIBPS if size < SMALL_GIB else min(MAX_MIBPS, STEP_MIBPS * -(-size // STEP_GIB))
    high = min(MAX_MIBPS, _instance_mibps(call))
    return None if low <= found <= high else f"Throughput must be between {low} and {high}"


@refusal(
    "opensearch",
    *OPERATIONS,
    code="LimitExceededException",
    source="hashicorp/terraform-provider-aws issue 39136, 2024-11-26: 3 IOPS a GB, at least 3,000 (AWS's calculator)",
)
def volume_iops(call: Call) -> Words:
    size, found = call.get("EBSOptions.VolumeSize"), call.get("EBSOptions.Iops")
    if call.get("EBSOptions.VolumeType") != "gp3" or size is None or found is None:
        return None
    low = max(MIN_IOPS, min(MAX_IOPS, IOPS_PER_GIB * size))
    return f"IOPS must be at least {low} for a volume of {size} GiB" if found < low else None


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source="aws/aws-cdk issue 17697, 2021-11-25, and issue 29346, 2024-03-04",
    reported=True,
)
def subnets_of_zones(call: Call) -> Words:
    subnets = call.items("VPCOptions.SubnetIds")
    if not subnets or call.get("ClusterConfig") is None:
        return None
    zones = _zones(call)
    return None if len(subnets) == zones else f"You must specify exactly {NUMBERS.get(zones, f'{zones} subnets')}."


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source="cloudposse/terraform-aws-elasticsearch issue 192, 2024-08-28",
    reported=True,
)
def nodes_of_two_zones(call: Call) -> Words:
    count = call.get("ClusterConfig.InstanceCount")
    if count is None or _zones(call) != 2 or count % 2 == 0:
        return None
    return "You must choose an even number of data nodes for a two Availability Zone deployment"


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source=(
        "OpenSearch Service developer guide, Multi-AZ domains: at least three nodes, with standby multiples of three"
    ),
)
def nodes_of_three_zones(call: Call) -> Words:
    count = call.get("ClusterConfig.InstanceCount")
    if count is None or _zones(call) != 3:
        return None
    if call.get("ClusterConfig.MultiAZWithStandbyEnabled") and count % 3:
        return f"You must choose a multiple of three data nodes for a domain with standby, got {count}"
    return (
        "You must choose a minimum of three data nodes for a three Availability Zone deployment" if count < 3 else None
    )


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source=(
        "botocore 1.44.5, opensearch ClusterConfig.DedicatedMasterCount: This number must be greater than 2 and not 4"
    ),
)
def dedicated_masters(call: Call) -> Words:
    count = call.get("ClusterConfig.DedicatedMasterCount")
    if not call.get("ClusterConfig.DedicatedMasterEnabled") or (count is not None and count > 2 and count != 4):
        return None
    return f"You must choose three or five dedicated master nodes, got {count}."


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source="OpenSearch Service developer guide, UltraWarm storage: the domain must have dedicated master nodes",
)
def warm_nodes_need_masters(call: Call) -> Words:
    if call.get("ClusterConfig.WarmEnabled") and not call.get("ClusterConfig.DedicatedMasterEnabled"):
        return "You must enable dedicated master nodes to enable warm storage."
    return None


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source="OpenSearch Service developer guide, Supported instance types: T2 and T3 do not support Auto-Tune",
)
def auto_tune_of_burstable_nodes(call: Call) -> Words:
    kind = str(call.get("ClusterConfig.InstanceType") or "")
    if kind.startswith(("t2.", "t3.")) and call.get("AutoTuneOptions.DesiredState") == "ENABLED":
        return "Autotune is not supported in t2/t3 instance types. Disable autotune or change your instance type."
    return None


@refusal(
    "opensearch",
    *OPERATIONS,
    code=CODE,
    source=(
        "OpenSearch Service developer guide, Monitoring logs: a resource policy of CloudWatch Logs must exist before"
    ),
)
def permission_to_write_logs(call: Call) -> Words:
    wanted = [each for each in (call.get("LogPublishingOptions") or {}).values() if each.get("Enabled")]
    if not wanted:
        return None
    policies = call.client("logs").describe_resource_policies()["resourcePolicies"]
    actions = ("logs:PutLogEvents", "logs:CreateLogStream")
    if any(allows_service(each["policyDocument"], "es.amazonaws.com", *actions) for each in policies):
        return None
    return (
        "The Resource Access Policy specified for the CloudWatch Logs log group "
        f"{wanted[0].get('CloudWatchLogsLogGroupArn')} "
        "does not grant sufficient permissions for Amazon OpenSearch Service to create a log stream. "
        "Please check the Resource Access Policy."
    )


@refusal(
    "opensearch",
    "CreateDomain",
    code=CODE,
    source="aws/copilot-cli issue 3006, 2022-12-06",
    reported=True,
)
def role_for_a_vpc(call: Call) -> Words:
    if not call.items("VPCOptions.SubnetIds"):
        return None
    iam = call.client("iam")
    if any(iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"] for service in ROLE_SERVICES):
        return None
    return (
        "Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service permissions "
        "to access your VPC."
    )


def _zones(call: Call) -> int:
    if not call.get("ClusterConfig.ZoneAwarenessEnabled"):
        return 1
    return int(call.get("ClusterConfig.ZoneAwarenessConfig.AvailabilityZoneCount") or 2)


def _instance_mibps(call: Call) -> int:
    """What an instance's connection to its volumes delivers, as EC2 says of the type; unlimited where it has none."""
    kind = str(call.get("ClusterConfig.InstanceType") or "").removesuffix(".search")
    try:
        found = call.client("ec2").describe_instance_types(InstanceTypes=[kind])["InstanceTypes"] if kind else []
    except ClientError:
        return MAX_MIBPS  # or1, im4gn and the like have no namesake in EC2
    limits = [each.get("EbsInfo", {}).get("EbsOptimizedInfo", {}).get("MaximumThroughputInMBps") for each in found]
    return int(limits[0]) if limits and limits[0] else MAX_MIBPS
