"""What CloudWatch Logs refuses of groups, filters and policies."""

from botocore.exceptions import ClientError

from sandbox.aws.refusals.policy import allows_service
from sandbox.aws.refusals.refusal import Call, Words, refusal

RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
RESOURCE_POLICIES = 10
DIMENSIONS = 3


@refusal(
    "logs",
    "CreateLogGroup",
    "AssociateKmsKey",
    code="AccessDeniedException",
    source=(
        "hashicorp/terraform-provider-aws issue 29282, 2024-03-21; ministryofjustice/modernisation-platform issue "
        "7870, 2024-09-06"
    ),
    reported=True,
)
def key_policy_of_group(call: Call) -> Words:
    key = call.get("kmsKeyId")
    if not key:
        return None
    try:
        policy = call.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException" or f":{call.account_id}:" not in key:
            return None  # a key of another account: its policy cannot be read
        policy = "{}"
    host = f"logs.{call.region}.amazonaws.com"
    if any(
        allows_service(policy, name, "kms:GenerateDataKey", "kms:Decrypt")
        for name in (host, f"{host}.cn", "logs.amazonaws.com")
    ):
        return None
    arn = f"arn:aws:logs:{call.region}:{call.account_id}:log-group:{call.get('logGroupName')}"
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"


@refusal(
    "logs",
    "PutRetentionPolicy",
    code="InvalidParameterException",
    source=(
        "botocore 1.44.5, logs PutRetentionPolicyRequest.retentionInDays: Possible values are: 1, 3, 5, 7, 14, 30, "
        "60, 90"
    ),
)
def retention_days(call: Call) -> Words:
    found = call.get("retentionInDays")
    if found in RETENTION_DAYS:
        return None
    return f"retentionInDays is {found}; possible values are: {', '.join(map(str, RETENTION_DAYS))}"


@refusal(
    "logs",
    "PutResourcePolicy",
    code="LimitExceededException",
    source="botocore 1.44.5, logs PutResourcePolicy: An account can have a maximum of 10 policies without resourceARN",
)
def resource_policies(call: Call) -> Words:
    if call.get("resourceArn"):
        return None
    found = call.client("logs").describe_resource_policies()["resourcePolicies"]
    others = [each for each in found if each["policyName"] != call.get("policyName") and not each.get("resourceArn")]
    return "Resource limit exceeded." if len(others) >= RESOURCE_POLICIES else None


@refusal(
    "logs",
    "PutMetricFilter",
    code="InvalidParameterException",
    source=(
        "botocore 1.44.5, logs MetricTransformation.dimensions: One metric filter can include as many as three "
        "dimensions"
    ),
)
def dimensions_of_metric(call: Call) -> Words:
    for each in call.items("metricTransformations"):
        if len(each.get("dimensions", {})) > DIMENSIONS:
            return f"A metric filter can have at most {DIMENSIONS} dimensions."
    return None


@refusal(
    "logs",
    "PutMetricFilter",
    code="InvalidParameterException",
    source="CloudWatch Logs user guide, Creating metric filters: no default value for a metric with dimensions",
)
def default_with_dimensions(call: Call) -> Words:
    if any(each.get("dimensions") and "defaultValue" in each for each in call.items("metricTransformations")):
        return "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
    return None
