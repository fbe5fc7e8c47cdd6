"""What CloudTrail refuses of trails: it looks at the bucket's and the key's policies first."""

from botocore.exceptions import ClientError

from sandbox.aws.refusals.policy import allows_service
from sandbox.aws.refusals.refusal import Call, Words, refusal

OPERATIONS = ("CreateTrail", "UpdateTrail")
TRAIL = "cloudtrail.amazonaws.com"


@refusal(
    "cloudtrail",
    *OPERATIONS,
    code="InsufficientS3BucketPolicyException",
    source="awsdocs/aws-cloudtrail-user-guide issue 24, 2021-12-02; boto/boto3 issue 1766, 2018-11-09",
    reported=True,
)
def bucket_policy(call: Call) -> Words:
    bucket = call.get("S3BucketName")
    if bucket is None:
        return None
    try:
        policy = call.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            return None  # no bucket, or another account's: moto answers
        policy = "{}"
    if allows_service(policy, TRAIL, "s3:GetBucketAcl", "s3:PutObject"):
        return None
    return f"Incorrect S3 bucket policy is detected for bucket: {bucket}"


@refusal(
    "cloudtrail",
    *OPERATIONS,
    code="InsufficientEncryptionPolicyException",
    source="trussworks/terraform-aws-cloudtrail issue 186, 2021-07-12",
    reported=True,
)
def key_policy(call: Call) -> Words:
    key = call.get("KmsKeyId")
    if not key:
        return None
    try:
        policy = call.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    except ClientError:
        return None  # a key of another account: its policy cannot be read
    if allows_service(policy, TRAIL, "kms:GenerateDataKey"):
        return None
    return f"Insufficient permissions to access S3 bucket {call.get('S3BucketName')} or KMS key {key}"


@refusal(
    "cloudtrail",
    *OPERATIONS,
    code="InvalidParameterCombinationException",
    source="CloudTrail user guide, Understanding multi-Region trails: they include events of global services",
)
def global_events(call: Call) -> Words:
    if call.get("IsMultiRegionTrail") and call.get("IncludeGlobalServiceEvents") is False:
        return "Multi-Region trail must include global service events."
    return None


@refusal(
    "cloudtrail",
    *OPERATIONS,
    code="InvalidCloudWatchLogsLogGroupArnException",
    source=(
        "botocore 1.44.5, cloudtrail CreateTrailRequest.CloudWatchLogsLogGroupArn: Not required unless you specify "
        "CloudWatchLogsRoleArn"
    ),
)
def log_group_and_role(call: Call) -> Words:
    group, role = call.get("CloudWatchLogsLogGroupArn"), call.get("CloudWatchLogsRoleArn")
    if bool(group) != bool(role):
        return "CloudTrail needs both the log group's ARN and the role's ARN, or neither."
    return None if not group or str(group).endswith(":*") else f"CloudWatch Logs log group ARN {group} must end with :*"
