"""IAM statements for pods: each names its resource, its region and the key that belongs to it.

The boundary (boundary.py) must allow every action used here.
"""

from collections.abc import Sequence
from typing import Final

import pulumi
from codekeep_contracts import physical_names

from components.arns import via_service
from components.bucket_ref import BucketRef
from components.iam_policy import Conditions, Statement
from components.naming import Keep
from components.queue_ref import QueueRef

READ_OBJECTS: Final = ("s3:GetObject", "s3:GetObjectVersion")
LIST_OBJECTS: Final = ("s3:ListBucket",)
WRITE_OBJECTS: Final = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
DELETE_OBJECTS: Final = ("s3:DeleteObject",)
READ_KEY: Final = ("kms:Decrypt",)
WRITE_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")
DELETE_VERSIONS: Final = ("s3:DeleteObject", "s3:DeleteObjectVersion")
LIST_VERSIONS: Final = ("s3:ListBucketVersions",)
SIGN: Final = ("kms:Sign",)
CONSUME: Final = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
SEND: Final = ("sqs:GetQueueUrl", "sqs:SendMessage")
COUNT_MESSAGES: Final = ("sqs:GetQueueAttributes",)
READ_SECRET: Final = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
READ_INDEX: Final = ("es:ESHttpGet", "es:ESHttpHead")
QUERY: Final = ("es:ESHttpPost",)
QUERIES: Final = ("_count", "_mget", "_refresh", "_search")  # requests sent by POST that change no document
INDEX: Final = (*READ_INDEX, *QUERY, "es:ESHttpDelete", "es:ESHttpPut")
ADMINISTER_INDEX: Final = (*INDEX, "es:ESHttpPatch")
PASS_ROLE: Final = ("iam:PassRole",)
EMIT_METRICS: Final = ("cloudwatch:PutMetricData",)
WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def in_region(keep: Keep, **more: pulumi.Input[str] | Sequence[pulumi.Input[str]]) -> Conditions:
    """The call goes to the keep's own region; `more` are further StringEquals, with `__` for the colon."""
    further = {key.replace("__", ":"): value for key, value in more.items()}
    return {"StringEquals": {"aws:RequestedRegion": keep.region, **further}}


def allow(
    keep: Keep, sid: str, actions: Sequence[str], *resources: pulumi.Input[str], conditions: Conditions | None = None
) -> Statement:
    """Allows the actions on the resources, in the keep's region unless other conditions are given."""
    return Statement(sid=sid, actions=actions, resources=resources, conditions=conditions or in_region(keep))


def use_key(
    keep: Keep, sid: str, actions: Sequence[str], service: str, *key_arns: pulumi.Input[str] | None
) -> list[Statement]:
    """Use keys through one AWS service of the keep's region, never directly. Nothing where there is no key."""
    keys = [key for key in key_arns if key is not None]
    through = {"StringEquals": {"kms:ViaService": via_service(service, keep.region)}}
    return [allow(keep, sid, actions, *keys, conditions=through)] if keys else []


def objects_prefix(keep: Keep) -> str:
    """Prefix of the keep's objects in each of its buckets."""
    return physical_names.objects_prefix(keep.tenant)


def index_prefix(keep: Keep) -> str:
    """Prefix of the names of the keep's indexes.

    A tenant's name has no underscore, so no other tenant's indexes can match `<prefix>*`.
    """
    return f"{keep.tenant}_"


def read_objects(keep: Keep, bucket: BucketRef) -> list[Statement]:
    """Read and list the keep's objects in a bucket."""
    label = _label(bucket.role)
    # IfExists: S3 also checks ListBucket when a requested object is missing, then without a prefix, and would answer
    # 403 instead of 404.
    listing = {**in_region(keep), "StringLikeIfExists": {"s3:prefix": f"{objects_prefix(keep)}*"}}
    return [
        allow(keep, f"List{label}", LIST_OBJECTS, bucket.arn, conditions=listing),
        allow(keep, f"Read{label}", READ_OBJECTS, _objects(keep, bucket)),
        *use_key(keep, f"Read{label}Key", READ_KEY, "s3", bucket.key_arn),
    ]


def write_objects(keep: Keep, bucket: BucketRef, *, delete: bool = False) -> list[Statement]:
    """Add objects to a bucket, and with `delete` also delete them. Old versions stay in any case."""
    label = _label(bucket.role)
    actions = (*WRITE_OBJECTS, *(DELETE_OBJECTS if delete else ()))
    return [
        allow(keep, f"Write{label}", actions, _objects(keep, bucket)),
        *use_key(keep, f"Write{label}Key", WRITE_KEY, "s3", bucket.key_arn),
    ]


def delete_objects(keep: Keep, bucket: BucketRef, folder: str) -> list[Statement]:
    """Delete the keep's objects in one folder of a bucket. Old versions stay until the bucket expires them."""
    return [allow(keep, f"DeleteFrom{_label(bucket.role)}", DELETE_OBJECTS, _objects(keep, bucket, folder))]


def delete_versions(keep: Keep, bucket: BucketRef) -> list[Statement]:
    """List the keep's objects in a bucket and delete every version of them, without reading them."""
    label = _label(bucket.role)
    listing = {**in_region(keep), "StringLike": {"s3:prefix": f"{objects_prefix(keep)}*"}}
    return [
        allow(keep, f"ListVersionsOf{label}", LIST_VERSIONS, bucket.arn, conditions=listing),
        allow(keep, f"Forget{label}", DELETE_VERSIONS, _objects(keep, bucket)),
    ]


def sign(keep: Keep, key_arn: pulumi.Input[str]) -> list[Statement]:
    """Sign with a key that can do nothing else. Verifying needs only its public key."""
    return [allow(keep, "Sign", SIGN, key_arn)]


def consume(keep: Keep, queue: QueueRef) -> list[Statement]:
    """Receive and delete messages of a queue."""
    label = _label(queue.role)
    return [
        allow(keep, f"Consume{label}", CONSUME, queue.arn),
        *use_key(keep, f"Consume{label}Key", READ_KEY, "sqs", queue.key_arn),
    ]


def send(keep: Keep, queue: QueueRef) -> list[Statement]:
    """Send messages to a queue."""
    label = _label(queue.role)
    return [
        allow(keep, f"Send{label}", SEND, queue.arn),
        *use_key(keep, f"Send{label}Key", WRITE_KEY, "sqs", queue.key_arn),
    ]


def read_secrets(keep: Keep, secret_arns: Sequence[pulumi.Input[str]], key_arn: pulumi.Input[str]) -> list[Statement]:
    """Read the named secrets. Nothing where there are none."""
    if not secret_arns:
        return []
    return [
        allow(keep, "ReadSecrets", READ_SECRET, *secret_arns),
        *use_key(keep, "ReadSecretsKey", READ_KEY, "secretsmanager", key_arn),
    ]


def search(keep: Keep, domain_arn: pulumi.Input[str]) -> list[Statement]:
    """Search the keep's indexes, which requests must name in their path. A POST that writes is not allowed."""
    queries = [_indexes(keep, domain_arn, f"/{query}") for query in QUERIES]
    return [
        allow(keep, "LookAtIndex", READ_INDEX, _indexes(keep, domain_arn)),
        allow(keep, "Search", QUERY, *queries),
    ]


def write_index(keep: Keep, domain_arn: pulumi.Input[str]) -> list[Statement]:
    """Create, fill and delete the keep's indexes, which requests must name in their path."""
    return [allow(keep, "WriteIndex", INDEX, _indexes(keep, domain_arn))]


def administer_index(
    keep: Keep, domain_arn: pulumi.Input[str], snapshot_role_arn: pulumi.Input[str]
) -> list[Statement]:
    """Map roles to index permissions, maintain templates, register and take snapshots."""
    to_domain: Conditions = {"StringEquals": {"iam:PassedToService": "es.amazonaws.com"}}
    return [
        allow(keep, "AdministerIndex", ADMINISTER_INDEX, pulumi.Output.concat(domain_arn, "/*")),
        allow(keep, "HandOverSnapshotRole", PASS_ROLE, snapshot_role_arn, conditions=to_domain),
    ]


def emit_metrics(keep: Keep, namespace: str) -> list[Statement]:
    """Write metrics into one CloudWatch namespace."""
    return [
        Statement(
            sid="EmitMetrics",
            actions=EMIT_METRICS,
            resources=("*",),
            conditions=in_region(keep, cloudwatch__namespace=namespace),
            wildcard_reason="CloudWatch has no resources for metrics; a condition on the namespace is all it offers",
        )
    ]


def write_logs(keep: Keep, group_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """Write to the named log groups."""
    return [allow(keep, "WriteLogs", WRITE_LOGS, *(pulumi.Output.concat(arn, ":log-stream:*") for arn in group_arns))]


def _label(role: str) -> str:
    return "".join(part.capitalize() for part in role.split("-"))


def _objects(keep: Keep, bucket: BucketRef, folder: str = "") -> pulumi.Output[str]:
    return pulumi.Output.concat(bucket.arn, f"/{objects_prefix(keep)}{folder}*")


def _indexes(keep: Keep, domain_arn: pulumi.Input[str], path: str = "") -> pulumi.Output[str]:
    return pulumi.Output.concat(domain_arn, f"/{index_prefix(keep)}*{path}")
