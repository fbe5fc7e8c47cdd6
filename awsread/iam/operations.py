"""Which IAM actions an operation of AWS's API needs, and on which resource.

Most operations are actions of the same name under the service's signing name. The tables are the exceptions, from the
Service Authorization Reference ("Actions, resources, and condition keys" of each service).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from awsread.iam.ec2 import ec2_needs
from awsread.iam.need import Context, Need, Place, tag_context

PREFIXES: Final = {
    "accessanalyzer": "access-analyzer",
    "monitoring": "cloudwatch",
    "tagging": "tag",
    "opensearch": "es",
    "elbv2": "elasticloadbalancing",
}
UNCHECKED: Final = frozenset({"sts:GetCallerIdentity"})  # allowed to everybody
RENAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "budgets:CreateBudget": ("budgets:ModifyBudget",),
    "budgets:CreateNotification": ("budgets:ModifyBudget",),
    "budgets:CreateSubscriber": ("budgets:ModifyBudget",),
    "budgets:DeleteBudget": ("budgets:ModifyBudget",),
    "budgets:DeleteNotification": ("budgets:ModifyBudget",),
    "budgets:DescribeBudget": ("budgets:ViewBudget",),
    "budgets:DescribeBudgets": ("budgets:ViewBudget",),
    "budgets:DescribeNotificationsForBudget": ("budgets:ViewBudget",),
    "budgets:DescribeSubscribersForNotification": ("budgets:ViewBudget",),
    "budgets:UpdateBudget": ("budgets:ModifyBudget",),
    "budgets:UpdateNotification": ("budgets:ModifyBudget",),
    "s3:CompleteMultipartUpload": ("s3:PutObject",),
    "s3:CreateMultipartUpload": ("s3:PutObject",),
    "s3:DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "s3:DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:DeleteBucketTagging": ("s3:PutBucketTagging",),
    "s3:DeleteObjects": ("s3:DeleteObject",),
    "s3:DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "s3:GetBucketCors": ("s3:GetBucketCORS",),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "s3:GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjects": ("s3:ListBucket",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:UploadPart": ("s3:PutObject",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
}
# Tags given with a creation need an action of their own.
TAGGING: Final[Mapping[str, str]] = {
    "access-analyzer": "access-analyzer:TagResource",
    "backup": "backup:TagResource",
    "budgets": "budgets:TagResource",
    "cloudtrail": "cloudtrail:AddTags",
    "cloudwatch": "cloudwatch:TagResource",
    "ecr": "ecr:TagResource",
    "eks": "eks:TagResource",
    "elasticloadbalancing": "elasticloadbalancing:AddTags",
    "es": "es:AddTags",
    "events": "events:TagResource",
    "guardduty": "guardduty:TagResource",
    "kms": "kms:TagResource",
    "logs": "logs:TagResource",
    "network-firewall": "network-firewall:TagResource",
    "route53resolver": "route53resolver:TagResource",
    "secretsmanager": "secretsmanager:TagResource",
    "sns": "sns:TagResource",
    "sqs": "sqs:TagQueue",
    "ssm": "ssm:AddTagsToResource",
}
TAGGED: Final = {"iam:CreateRole": "iam:TagRole", "iam:CreatePolicy": "iam:TagPolicy"}
TAGS: Final = ("Tags", "tags", "TagList", "TagSpecifications", "TagsList", "ResourceTags")
PASSED: Final[Mapping[str, str]] = {  # parameter → the service that gets the role
    "eks:CreateCluster.roleArn": "eks.amazonaws.com",
    "eks:CreateNodegroup.nodeRole": "ec2.amazonaws.com",
    "eks:CreatePodIdentityAssociation.roleArn": "pods.eks.amazonaws.com",
    "eks:UpdatePodIdentityAssociation.roleArn": "pods.eks.amazonaws.com",
    "ec2:CreateFlowLogs.DeliverLogsPermissionArn": "vpc-flow-logs.amazonaws.com",
    "cloudtrail:CreateTrail.CloudWatchLogsRoleArn": "cloudtrail.amazonaws.com",
    "cloudtrail:UpdateTrail.CloudWatchLogsRoleArn": "cloudtrail.amazonaws.com",
    "s3:PutBucketReplication.ReplicationConfiguration.Role": "s3.amazonaws.com",
}
KEY_ARN: Final = "kms:{region}:{account}:key/{0}"
# Parameter → the resource that it names; of several, the first that the call has. {0} is its value.
NAMED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "s3": (("Bucket", "s3:::{0}"),),
    "iam": (
        ("RoleName", "iam::{account}:role/{0}"),
        ("PolicyArn", ""),
        ("AWSServiceName", "iam::{account}:role/aws-service-role/{0}/*"),
        ("PolicyName", "iam::{account}:policy/{0}"),
    ),
    "sqs": (("QueueUrl", "sqs:{region}:{account}:{0}"), ("QueueName", "sqs:{region}:{account}:{0}")),
    "sns": (("TopicArn", ""), ("ResourceArn", ""), ("SubscriptionArn", ""), ("Name", "sns:{region}:{account}:{0}")),
    "secretsmanager": (
        ("SecretId", "secretsmanager:{region}:{account}:secret:{0}"),
        ("Name", "secretsmanager:{region}:{account}:secret:{0}-AbCdEf"),
    ),
    "logs": (
        ("resourceArn", ""),
        ("logGroupIdentifier", "logs:{region}:{account}:log-group:{0}"),
        ("logGroupName", "logs:{region}:{account}:log-group:{0}"),
    ),
    "ecr": (
        ("resourceArn", ""),
        ("repositoryName", "ecr:{region}:{account}:repository/{0}"),
        ("repositoryNames", "ecr:{region}:{account}:repository/{0}"),
    ),
    "eks": (
        ("resourceArn", ""),
        ("clusterName", "eks:{region}:{account}:cluster/{0}"),
        ("name", "eks:{region}:{account}:cluster/{0}"),
    ),
    "es": (("ARN", ""), ("DomainName", "es:{region}:{account}:domain/{0}")),
    "budgets": (
        ("ResourceARN", ""),
        ("BudgetName", "budgets::{account}:budget/{0}"),
        ("Budget.BudgetName", "budgets::{account}:budget/{0}"),
        ("NewBudget.BudgetName", "budgets::{account}:budget/{0}"),
    ),
    "cloudtrail": (
        ("ResourceId", ""),
        ("ResourceIdList", ""),
        ("TrailName", "cloudtrail:{region}:{account}:trail/{0}"),
        ("Name", "cloudtrail:{region}:{account}:trail/{0}"),
    ),
    "cloudwatch": (
        ("ResourceARN", ""),
        ("AlarmName", "cloudwatch:{region}:{account}:alarm:{0}"),
        ("AlarmNames", "cloudwatch:{region}:{account}:alarm:{0}"),
        ("DashboardName", "cloudwatch::{account}:dashboard/{0}"),
        ("DashboardNames", "cloudwatch::{account}:dashboard/{0}"),
    ),
    "elasticloadbalancing": (
        ("ListenerArn", ""),
        ("ListenerArns", ""),
        ("LoadBalancerArn", ""),
        ("TargetGroupArn", ""),
        ("ResourceArns", ""),
    ),
    "events": (
        ("ResourceARN", ""),
        ("Rule", "events:{region}:{account}:rule/{0}"),
        ("Name", "events:{region}:{account}:rule/{0}"),
    ),
    "guardduty": (("ResourceArn", ""), ("DetectorId", "guardduty:{region}:{account}:detector/{0}")),
    "kms": (("AliasName", "kms:{region}:{account}:{0}"), ("KeyId", KEY_ARN)),
    "route53": (("HostedZoneId", "route53:::hostedzone/{0}"),),
    "ssm": (
        ("Name", "ssm:{region}:{account}:parameter/{0}"),
        ("Names", "ssm:{region}:{account}:parameter/{0}"),
        ("ResourceId", "ssm:{region}:{account}:parameter/{0}"),
    ),
    "sts": (("RoleArn", ""),),
}
# What a creation names: the rest of the name is AWS's.
MADE: Final[Mapping[str, tuple[str, str]]] = {
    "elasticloadbalancing:CreateLoadBalancer": (
        "Name",
        "elasticloadbalancing:{region}:{account}:loadbalancer/net/{0}/*",
    ),
    "elasticloadbalancing:CreateTargetGroup": ("Name", "elasticloadbalancing:{region}:{account}:targetgroup/{0}/*"),
}
TARGET: Final = "TargetKeyId"  # of a call on an alias of KMS, which has two resources
# Actions without resources, of services that otherwise have them; DescribeAlarms is in the reference with one, but is
# refused on less than all (Amazon CloudWatch User Guide, "Overview of managing access permissions").
ONLY_ALL: Final = frozenset(
    {
        "access-analyzer:ListAnalyzers",
        "cloudtrail:DescribeTrails",
        "cloudwatch:DescribeAlarms",
        "ecr:DescribeRegistry",
        "ecr:GetAuthorizationToken",
        "ecr:GetRegistryScanningConfiguration",
        "ecr:PutRegistryScanningConfiguration",
        "ecr:PutReplicationConfiguration",
        "eks:CreateCluster",
        "eks:DescribeAddonVersions",
        "eks:ListClusters",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "guardduty:CreateDetector",
        "guardduty:ListDetectors",
        "iam:ListPolicies",
        "iam:ListRoles",
        "kms:CreateKey",
        "kms:ListAliases",
        "kms:ListKeys",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DeleteResourcePolicy",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "s3:ListAllMyBuckets",
        "secretsmanager:GetRandomPassword",
        "sns:GetSubscriptionAttributes",
        "sns:ListTopics",
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
        "sqs:ListQueues",
        "ssm:DescribeParameters",
        "tag:GetResources",
    }
)


def actions_of(signing_name: str, operation: str) -> tuple[str, ...]:
    """The actions of an operation, whatever its parameters; none where everybody may call it."""
    action = f"{PREFIXES.get(signing_name, signing_name)}:{operation}"
    return () if action in UNCHECKED else RENAMED.get(action, (action,))


def needs(signing_name: str, operation: str, parameters: Mapping[str, Any], place: Place) -> Iterator[Need]:
    """What a call needs, with what its parameters ask besides: tags and roles that it hands over."""
    if signing_name == "ec2":
        yield from ec2_needs(operation, parameters, place)
    else:
        yield from _own(signing_name, operation, parameters, place)
    action = f"{PREFIXES.get(signing_name, signing_name)}:{operation}"
    for path, service in PASSED.items():
        if path.startswith(f"{action}."):
            role = _at(parameters, path.removeprefix(f"{action}."))
            if isinstance(role, str):
                yield Need(action="iam:PassRole", resource=role, context={"iam:PassedToService": service})


def _own(signing_name: str, operation: str, parameters: Mapping[str, Any], place: Place) -> Iterator[Need]:
    for action in actions_of(signing_name, operation):
        prefix = action.partition(":")[0]
        resource, tags = _resource(action, parameters, place), _tags(parameters)
        context = {**_context(action, parameters), **tags}
        yield Need(action=action, resource="*" if action in ONLY_ALL else resource, context=context)
        if action.startswith("kms:") and isinstance(key := parameters.get(TARGET), str):
            yield Need(action=action, resource=_arn(key, KEY_ARN, place), context=context)
        if tagging := _tagging(action, prefix, parameters):
            made = _resource(tagging, parameters, place) if resource == "*" else resource
            yield Need(action=tagging, resource=made, context=tags)


def _tagging(action: str, prefix: str, parameters: Mapping[str, Any]) -> str:
    verb = action.partition(":")[2]
    if not verb.startswith(("Create", "Put", "Run", "Register", "Allocate", "Add")) or "Tag" in verb:
        return ""
    if not any(parameters.get(name) for name in TAGS):
        return ""
    return TAGGED.get(action) or TAGGING.get(prefix, "")


def _tags(parameters: Mapping[str, Any]) -> Context:
    """The tags that a call gives, or takes away."""
    given = next((found for name in TAGS if (found := parameters.get(name))), None)
    return tag_context(given, parameters.get("TagKeys") or parameters.get("tagKeys") or ())


def _resource(action: str, parameters: Mapping[str, Any], place: Place) -> str:
    prefix = action.partition(":")[0]
    if action in MADE:
        name, form = MADE[action]
        return _arn(str(parameters.get(name)), form, place)
    if action == "kms:TagResource" and "KeyId" not in parameters:  # with CreateKey
        return _arn("*", KEY_ARN, place)
    for name, form in NAMED.get(prefix, ()):
        value = _at(parameters, name)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str) and value:
            found = _arn(value, form, place)
            key = parameters.get("Key")
            return f"{found}/{key}" if prefix == "s3" and isinstance(key, str) else found
    return "*"


def _arn(value: str, form: str, place: Place) -> str:
    if value.startswith("arn:") or not form:
        return value.removesuffix(":*")
    name = value.rpartition("/")[2] if value.startswith(("http:", "https:")) else value  # a queue's URL
    name = name.removeprefix("/") if ":parameter/" in form else name
    return f"arn:{place.partition}:" + form.format(name, region=place.region, account=place.account)


def _context(action: str, parameters: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    if action == "iam:CreateServiceLinkedRole":
        return {"iam:AWSServiceName": str(parameters.get("AWSServiceName"))}
    if action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy"):
        return {"iam:PolicyARN": str(parameters.get("PolicyArn"))}
    if action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary") and parameters.get("PermissionsBoundary"):
        return {"iam:PermissionsBoundary": str(parameters["PermissionsBoundary"])}
    if action == "route53:ChangeResourceRecordSets":
        names = [str(_at(each, "ResourceRecordSet.Name")) for each in _at(parameters, "ChangeBatch.Changes") or ()]
        return {f"{action}NormalizedRecordNames": tuple(name.rstrip(".").lower() for name in names)}
    return {}


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
