"""What a pod may be allowed, as statements: each names its resource, its region, and the key that goes with it.

Every tuple of actions here is in BOUNDARY_ACTIONS, the most that any pod of a keep can ever be allowed.
"""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.arns import service_host
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
FORGET_OBJECTS: Final = ("s3:DeleteObject", "s3:DeleteObjectVersion")
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
LOOK_AT_INDEX: Final = ("es:ESHttpGet", "es:ESHttpHead")
QUERY: Final = ("es:ESHttpPost",)
QUERIES: Final = ("_count", "_mget", "_refresh", "_search")  # what is sent by POST and changes no document
INDEX: Final = (*LOOK_AT_INDEX, *QUERY, "es:ESHttpDelete", "es:ESHttpPut")
ADMINISTER_INDEX: Final = (*INDEX, "es:ESHttpPatch")
PASS_ROLE: Final = ("iam:PassRole",)
EMIT_METRICS: Final = ("cloudwatch:PutMetricData",)
WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def in_region(keep: Keep, **more: pulumi.Input[str] | Sequence[pulumi.Input[str]]) -> Conditions:
    """The call goes to the keep's own region; `more` are further StringEquals, with `__` for the colon."""
    further = {key.replace("__", ":"): value for key, value in more.items()}
    return {"StringEquals": {"aws:RequestedRegion": keep.region, **further}}


def through(keep: Keep, service: str) -> Conditions:
    """A key is used by way of a service of the keep's region, never by itself."""
    return {"StringEquals": {"kms:ViaService": service_host(service, keep.region)}}


def _label(text: str) -> str:
    return "".join(part.capitalize() for part in text.split("-"))


def _key(
    keep: Keep, sid: str, key_arn: pulumi.Input[str] | None, service: str, actions: Sequence[str]
) -> list[Statement]:
    if key_arn is None:
        return []
    return [Statement(sid=sid, actions=actions, resources=(key_arn,), conditions=through(keep, service))]


def objects_prefix(keep: Keep) -> str:
    """Under which a keep's objects lie in each of its buckets."""
    return f"{keep.tenant}/"


def _objects(keep: Keep, bucket: BucketRef, folder: str = "") -> pulumi.Output[str]:
    return pulumi.Output.concat(bucket.arn, f"/{objects_prefix(keep)}{folder}*")


def read_objects(keep: Keep, bucket: BucketRef) -> list[Statement]:
    """Read and list the keep's objects in a bucket."""
    label = _label(bucket.role.value)
    return [
        Statement(
            sid=f"List{label}",
            actions=LIST_OBJECTS,
            resources=(bucket.arn,),
            # IfExists: S3 asks for this also when an object that is read is missing, then without a prefix, and answers
            # 403 where it should say 404.
            conditions={
                "StringEquals": {"aws:RequestedRegion": keep.region},
                "StringLikeIfExists": {"s3:prefix": f"{objects_prefix(keep)}*"},
            },
        ),
        Statement(
            sid=f"Read{label}",
            actions=READ_OBJECTS,
            resources=(_objects(keep, bucket),),
            conditions=in_region(keep),
        ),
        *_key(keep, f"Read{label}Key", bucket.key_arn, "s3", READ_KEY),
    ]


def write_objects(keep: Keep, bucket: BucketRef, *, delete: bool = False) -> list[Statement]:
    """Add objects to a bucket; what is there can be deleted only with `delete` (versions stay in any case)."""
    label = _label(bucket.role.value)
    return [
        Statement(
            sid=f"Write{label}",
            actions=(*WRITE_OBJECTS, *(DELETE_OBJECTS if delete else ())),
            resources=(_objects(keep, bucket),),
            conditions=in_region(keep),
        ),
        *_key(keep, f"Write{label}Key", bucket.key_arn, "s3", WRITE_KEY),
    ]


def delete_objects(keep: Keep, bucket: BucketRef, folder: str) -> list[Statement]:
    """Delete what lies in one folder of the keep's objects (versions stay until their time)."""
    return [
        Statement(
            sid=f"DeleteFrom{_label(bucket.role.value)}",
            actions=DELETE_OBJECTS,
            resources=(_objects(keep, bucket, folder),),
            conditions=in_region(keep),
        )
    ]


def forget_objects(keep: Keep, bucket: BucketRef) -> list[Statement]:
    """Find the keep's objects in a bucket and delete every version of them, unread."""
    label = _label(bucket.role.value)
    return [
        Statement(
            sid=f"ListVersionsOf{label}",
            actions=LIST_VERSIONS,
            resources=(bucket.arn,),
            conditions={
                "StringEquals": {"aws:RequestedRegion": keep.region},
                "StringLike": {"s3:prefix": f"{objects_prefix(keep)}*"},
            },
        ),
        Statement(
            sid=f"Forget{label}",
            actions=FORGET_OBJECTS,
            resources=(_objects(keep, bucket),),
            conditions=in_region(keep),
        ),
    ]


def sign(keep: Keep, key_arn: pulumi.Input[str]) -> list[Statement]:
    """Sign with a key that can do nothing else; verifying takes its public half."""
    return [Statement(sid="Sign", actions=SIGN, resources=(key_arn,), conditions=in_region(keep))]


def consume(keep: Keep, queue: QueueRef) -> list[Statement]:
    """Take messages off a queue."""
    label = _label(queue.role.value)
    return [
        Statement(sid=f"Consume{label}", actions=CONSUME, resources=(queue.arn,), conditions=in_region(keep)),
        *_key(keep, f"Consume{label}Key", queue.key_arn, "sqs", READ_KEY),
    ]


def send(keep: Keep, queue: QueueRef) -> list[Statement]:
    """Put messages on a queue."""
    label = _label(queue.role.value)
    return [
        Statement(sid=f"Send{label}", actions=SEND, resources=(queue.arn,), conditions=in_region(keep)),
        *_key(keep, f"Send{label}Key", queue.key_arn, "sqs", WRITE_KEY),
    ]


def read_secrets(keep: Keep, secret_arns: Sequence[pulumi.Input[str]], key_arn: pulumi.Input[str]) -> list[Statement]:
    """Read the named secrets; nothing where there are none."""
    if not secret_arns:
        return []
    return [
        Statement(sid="ReadSecrets", actions=READ_SECRET, resources=secret_arns, conditions=in_region(keep)),
        *_key(keep, "ReadSecretsKey", key_arn, "secretsmanager", READ_KEY),
    ]


def index_prefix(keep: Keep) -> str:
    """What the names of the keep's indexes start with.

    A tenant's name holds no underscore, so that no other tenant's indexes can match `<prefix>*`.
    """
    return f"{keep.tenant}_"


def search(keep: Keep, domain_arn: pulumi.Input[str]) -> list[Statement]:
    """Search the keep's indexes; requests must name them in the path. A POST that would write is none of these."""
    return [
        Statement(
            sid="LookAtIndex",
            actions=LOOK_AT_INDEX,
            resources=(pulumi.Output.concat(domain_arn, f"/{index_prefix(keep)}*"),),
            conditions=in_region(keep),
        ),
        Statement(
            sid="Search",
            actions=QUERY,
            resources=tuple(pulumi.Output.concat(domain_arn, f"/{index_prefix(keep)}*/{each}") for each in QUERIES),
            conditions=in_region(keep),
        ),
    ]


def write_index(keep: Keep, domain_arn: pulumi.Input[str]) -> list[Statement]:
    """Create, fill and delete the keep's indexes; requests must name them in the path."""
    return [
        Statement(
            sid="WriteIndex",
            actions=INDEX,
            resources=(pulumi.Output.concat(domain_arn, f"/{index_prefix(keep)}*"),),
            conditions=in_region(keep),
        )
    ]


def administer_index(
    keep: Keep, domain_arn: pulumi.Input[str], snapshot_role_arn: pulumi.Input[str]
) -> list[Statement]:
    """Map roles to index permissions, keep templates, register and take snapshots."""
    return [
        Statement(
            sid="AdministerIndex",
            actions=ADMINISTER_INDEX,
            resources=(pulumi.Output.concat(domain_arn, "/*"),),
            conditions=in_region(keep),
        ),
        Statement(
            sid="HandOverSnapshotRole",
            actions=PASS_ROLE,
            resources=(snapshot_role_arn,),
            conditions={"StringEquals": {"iam:PassedToService": "es.amazonaws.com"}},
        ),
    ]


def emit_metrics(keep: Keep, namespace: str) -> list[Statement]:
    """Put metrics into one namespace."""
    return [
        Statement(
            sid="EmitMetrics",
            actions=EMIT_METRICS,
            resources=("*",),
            conditions=in_region(keep, cloudwatch__namespace=namespace),
            wildcard_reason="CloudWatch has no resources for metrics; the namespace in the condition is what it offers",
        )
    ]


def write_logs(keep: Keep, group_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """Write to the named log groups."""
    return [
        Statement(
            sid="WriteLogs",
            actions=WRITE_LOGS,
            resources=tuple(pulumi.Output.concat(arn, ":log-stream:*") for arn in group_arns),
            conditions=in_region(keep),
        )
    ]
