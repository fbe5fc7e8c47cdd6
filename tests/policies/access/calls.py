"""Every call that pods, nodes, AWS's services and `up` make in a keep, as AWS sees it.

Which actions: from the runtime's own calls (tests/runtime/platform/test_grants.py holds them to the roles), the managed
policies of add-ons, and the guides that `SOURCES` names; looked up 2026-11-30 where the keys' conditions were
(policies/rules/identity/key_conditions.toml has the quotations).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from components.identity import grants, operator_grants
from components.identity.workload import OPERATOR_ACCOUNTS
from tests.policies.access.world import ADD_ON_IMAGES, Context, World

SOURCES: Final = {
    "pod": "the runtime's own calls, tests/runtime/platform/test_grants.py",
    "operator": "AWS managed policies AmazonEKS_CNI_Policy and AmazonEBSCSIDriverPolicy; components/identity",
    "node": "AWS managed policies AmazonEKSWorkerNodePolicy and AmazonEC2ContainerRegistryPullOnly",
    "identity": "Amazon EKS User Guide, EKS Pod Identity: session tags of the role's session",
    "eks": "Amazon EKS User Guide, Encrypt Kubernetes secrets with KMS on existing clusters",
    "events": "Amazon SNS Developer Guide, Compatibility between event sources from AWS services and encrypted topics",
    "trail": "AWS CloudTrail User Guide, Amazon S3 bucket policy; Configure AWS KMS key policies for CloudTrail",
    "logs": "Amazon CloudWatch Logs User Guide, Encrypt log data using AWS KMS",
    "scaling": "Amazon EC2 Auto Scaling User Guide, Required AWS KMS key policy for use with encrypted volumes",
    "replication": "Amazon S3 User Guide, Replicating encrypted objects",
    "flows": "Amazon VPC User Guide, IAM role for publishing flow logs to CloudWatch Logs",
    "index": "Amazon OpenSearch Service Developer Guide, Encryption of data at rest; Creating index snapshots",
    "delivery": "Amazon S3 User Guide, Enabling Amazon S3 server access logging; ELB, Access logs",
    "deployer": "KMS Developer Guide, Using IAM policies with AWS KMS: grants for AWS services",
}
SLR_SCALING: Final = "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
CNI: Final = operator_grants.CNI
VOLUME: Final = "ebs.csi.aws.com/cluster"


@dataclass(frozen=True, kw_only=True)
class Call:
    """`source` is a key of SOURCES."""

    source: str
    by: str
    does: str
    on: str
    context: Context

    def __str__(self) -> str:
        return f"{self.by.rpartition('/')[2]} {self.does} on {self.on.rpartition(':')[2]}"


def calls(world: World) -> list[Call]:
    """All calls of a stack; a keep in a platform's cluster also makes what the platform's pods make, not its nodes."""
    parts: list[Callable[[World], Iterable[Call]]] = [topics, deployment]
    if world.has(ROLE, "role-gateway"):
        parts += [gateway, ingest, indexer, readers, webhook, telemetry, schedule]
    if world.has(ROLE, "cluster"):
        parts += [operators, nodes, cluster, trail, groups, volumes, flows, snapshots, delivery]
    if world.has(ROLE, "recovery-replication"):
        parts.append(replication)
    return [call for part in (*parts, identity) for call in part(world)]


ROLE: Final = "aws:iam/role:Role"


def _pod(w: World, label: str, service: str, on: str, *actions: str, **more: str) -> Iterator[Call]:
    for action in actions:
        context = w.calling() if service == "es" else w.inside(service, **more)  # the domain is in the VPC
        yield Call(source="pod", by=w.role(f"role-{label}"), does=action, on=on, context=context)


def _key(w: World, label: str, through: str, on: str, *actions: str) -> Iterator[Call]:
    for action in actions:
        yield Call(source="pod", by=w.role(f"role-{label}"), does=action, on=on, context=w.through(through))


def _reads(w: World, label: str, bucket: str) -> Iterator[Call]:
    yield from _pod(w, label, "s3", f"{w.bucket(bucket)}/{w.tenant}/x", "s3:GetObject")
    yield from _pod(w, label, "s3", w.bucket(bucket), "s3:ListBucket", s3__prefix=f"{w.tenant}/x")
    yield from _pod(w, label, "s3", w.bucket(bucket), "s3:ListBucket")  # HeadObject of what is missing
    yield from _key(w, label, "s3", w.key_of_bucket(bucket), "kms:Decrypt")


def _writes(w: World, label: str, bucket: str, *more: str) -> Iterator[Call]:
    key = w.key_of_bucket(bucket)
    kms = {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": key,
    }
    yield from _pod(
        w, label, "s3", f"{w.bucket(bucket)}/{w.tenant}/x", "s3:PutObject", "s3:AbortMultipartUpload", *more
    )
    yield from _pod(w, label, "s3", f"{w.bucket(bucket)}/{w.tenant}/x", "s3:PutObject", **kms)
    yield from _key(w, label, "s3", key, "kms:GenerateDataKey", "kms:Decrypt")


def _records(w: World, label: str) -> Iterator[Call]:
    yield from _writes(w, label, "audit")
    yield from _pod(w, label, "kms", w.arn("aws:kms/key:Key", "audit-signing"), "kms:Sign")


def _reads_secret(w: World, label: str, *secrets: str) -> Iterator[Call]:
    assert secrets
    for secret in secrets:
        yield from _pod(w, label, "secretsmanager", secret, "secretsmanager:GetSecretValue")
    yield from _key(w, label, "secretsmanager", w.key("secret"), "kms:Decrypt")


def _searches(w: World, label: str) -> Iterator[Call]:
    index = f"{w.domain}/{w.tenant}_chunks"
    yield from _pod(w, label, "es", index, "es:ESHttpGet", "es:ESHttpHead")
    for query in grants.QUERIES:
        yield from _pod(w, label, "es", f"{index}/{query}", "es:ESHttpPost")


def _consumes(w: World, label: str, queue: str) -> Iterator[Call]:
    yield from _pod(w, label, "sqs", w.queue(queue), *grants.CONSUME)
    yield from _key(w, label, "sqs", w.key("code"), "kms:Decrypt")


def gateway(w: World) -> Iterator[Call]:
    yield from _searches(w, "gateway")
    yield from _records(w, "gateway")
    yield from _reads_secret(w, "gateway", w.secret("gateway-certificate"))
    if w.has("aws:s3/bucket:Bucket", "bucket-prompts"):
        yield from _writes(w, "gateway", "prompts")


def ingest(w: World) -> Iterator[Call]:
    yield from _consumes(w, "ingest", "ingest")
    yield from _reads(w, "ingest", "code")
    yield from _writes(w, "ingest", "code", "s3:DeleteObject")
    yield from _reads_secret(w, "ingest", *w.secrets("-token"))


def indexer(w: World) -> Iterator[Call]:
    yield from _reads(w, "indexer", "code")
    yield from _pod(w, "indexer", "s3", f"{w.bucket('code')}/{w.tenant}/outbox/x", "s3:DeleteObject")
    yield from _pod(w, "indexer", "es", f"{w.domain}/{w.tenant}_chunks/_bulk", *grants.INDEX)
    yield from _writes(w, "indexer", "snapshots")
    yield from _records(w, "indexer")
    if w.has("aws:s3/bucket:Bucket", "bucket-prompts"):
        prompts = w.bucket("prompts")
        yield from _pod(w, "indexer", "s3", prompts, "s3:ListBucketVersions", s3__prefix=f"{w.tenant}/")
        yield from _pod(w, "indexer", "s3", f"{prompts}/{w.tenant}/x", "s3:DeleteObjectVersion")


def readers(w: World) -> Iterator[Call]:
    """The reviewer, fine-tuning, evaluations and model servers."""
    yield from _consumes(w, "reviewer", "review")
    yield from _searches(w, "reviewer")
    yield from _reads(w, "reviewer", "code")
    yield from _reads_secret(w, "reviewer", *[each for each in w.secrets("-token") if "git" in each])
    yield from _reads(w, "finetune", "code")
    yield from _reads(w, "finetune", "models")
    yield from _writes(w, "finetune", "models", "s3:DeleteObject")
    yield from _writes(w, "finetune", "artifacts")
    yield from _searches(w, "evals")
    yield from _reads(w, "evals", "models")
    yield from _writes(w, "evals", "artifacts")
    yield from _reads(w, "model-server", "models")


def webhook(w: World) -> Iterator[Call]:
    for queue in ("ingest", "review"):
        yield from _pod(w, "webhook", "sqs", w.queue(queue), *grants.SEND)
    yield from _key(w, "webhook", "sqs", w.key("code"), "kms:GenerateDataKey", "kms:Decrypt")
    yield from _reads_secret(w, "webhook", *w.secrets("-webhook"))


def telemetry(w: World) -> Iterator[Call]:
    yield from _pod(
        w, "telemetry", "monitoring", "*", "cloudwatch:PutMetricData", cloudwatch__namespace=f"codekeep/{w.tenant}"
    )
    group = w.arn("aws:cloudwatch/logGroup:LogGroup", "logs-runtime-gateway")
    yield from _pod(w, "telemetry", "logs", f"{group}:log-stream:pod", *grants.WRITE_LOGS)


def schedule(w: World) -> Iterator[Call]:
    """EventBridge fills the queue of ingest, which is encrypted."""
    rule, context = w.arn("aws:cloudwatch/eventRule:EventRule", "queue-refresh"), w.sent
    yield Call(
        source="events", by="events.amazonaws.com", does="sqs:SendMessage", on=w.queue("ingest"), context=context(rule)
    )
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        yield Call(source="events", by="events.amazonaws.com", does=action, on=w.key("code"), context=context(rule))


def topics(w: World) -> Iterator[Call]:
    """What publishes to the alerts' topic, which is encrypted. EventBridge sends no source."""
    alarm = w.a("cloudwatch", f"alarm:{_physical(w)}-errors")
    publishers = {
        "cloudwatch.amazonaws.com": w.sent(alarm),
        "budgets.amazonaws.com": w.sent(w.a("budgets", "budget/x", "-")),
        "events.amazonaws.com": w.sent(),
        "vpce.amazonaws.com": w.sent(w.a("ec2", "vpc-endpoint-service/vpce-svc-1")),
    }
    topic = w.arn("aws:sns/topic:Topic", "alerts")
    for service, context in publishers.items():
        yield Call(source="events", by=service, does="sns:Publish", on=topic, context=context)
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield Call(source="events", by=service, does=action, on=w.key("log"), context=context)


def _physical(w: World) -> str:
    return f"codekeep-{w.tenant}"


def operators(w: World) -> Iterator[Call]:
    def call(label: str, service: str, on: str, *actions: str, **more: str) -> Iterator[Call]:
        for each in _pod(w, label, service, on, *actions, **more):
            yield Call(**{**vars(each), "source": "operator"})

    yield from call(
        "vpc-cni", "ec2", w.a("ec2", "network-interface/eni-1"), *(each for each in CNI if "Tags" not in each)
    )
    yield from call("vpc-cni", "ec2", w.a("ec2", "network-interface/eni-1"), "ec2:CreateTags")
    volume, label = w.a("ec2", "volume/vol-1"), "aws-ebs-csi-driver"
    tags = {f"aws:RequestTag/{VOLUME}": "true", "ec2:Encrypted": "true"}
    yield from call(label, "ec2", "*", *operator_grants.DESCRIBE_VOLUMES)
    yield from call(label, "ec2", volume, "ec2:CreateVolume", **tags)
    yield from call(label, "ec2", volume, "ec2:CreateTags", **{"ec2:CreateAction": "CreateVolume"})
    own = {f"aws:ResourceTag/{VOLUME}": "true"}
    yield from call(label, "ec2", volume, *operator_grants.USE_VOLUME, "ec2:DeleteVolume", **own)
    yield from call(
        label, "ec2", w.a("ec2", "instance/i-1"), "ec2:AttachVolume", **{"aws:ResourceTag/codekeep:tenant": w.tenant}
    )
    for action in operator_grants.VOLUME_KEY:
        for data_class in ("code", "index", "model"):
            if _allows_key(w, label, w.key(data_class)):
                yield Call(
                    source="operator",
                    by=w.role(f"role-{label}"),
                    does=action,
                    on=w.key(data_class),
                    context=w.through("ec2"),
                )
    for service in ("autoscaling", "ec2"):
        looks = [each for each in operator_grants.DESCRIBE_GROUPS if each.startswith(f"{service}:")]
        yield from call("cluster-autoscaler", service, "*", *looks)
    yield from call("cluster-autoscaler", "eks", w.a("eks", f"nodegroup/{_physical(w)}/a/b"), "eks:DescribeNodegroup")
    group = w.a("autoscaling", "autoScalingGroup:u:autoScalingGroupName/eks-a")
    own = {"aws:ResourceTag/eks:cluster-name": _physical(w)}
    yield from call("cluster-autoscaler", "autoscaling", group, *operator_grants.SCALE_GROUPS, **own)
    for service in ("ec2", "elasticloadbalancing"):
        looks = [each for each in operator_grants.DESCRIBE_TARGETS if each.startswith(f"{service}:")]
        yield from call("aws-load-balancer-controller", service, "*", *looks)
    yield from call("index-admin", "es", f"{w.domain}/_plugins/_security/api/roles/x", *grants.ADMINISTER_INDEX)
    passed = {"iam:PassedToService": "es.amazonaws.com", **w.calling()}
    yield Call(
        source="index", by=w.role("role-index-admin"), does="iam:PassRole", on=w.role("index-snapshots"), context=passed
    )
    if w.has(ROLE, "role-gateway"):
        for queue in ("ingest", "review"):  # no trigger asks CloudWatch: KEDA's others read the cluster's Prometheus
            yield from call("keda-operator", "sqs", w.queue(queue), *grants.COUNT_MESSAGES)
        targets = w.graph.of_type("aws:lb/targetGroup:TargetGroup")
        yield from call(
            "aws-load-balancer-controller",
            "elasticloadbalancing",
            str(targets[0].outputs["arn"]),
            *operator_grants.BIND_TARGETS,
        )


def _allows_key(w: World, label: str, key: str) -> bool:
    """Whether the volume driver's role is meant for a key at all: which classes are on volumes is the keep's choice."""
    return any(key in each.resources for policy in w.policies.identity[w.role(f"role-{label}")] for each in policy)


def nodes(w: World) -> Iterator[Call]:
    node = w.role("pool-role")
    own = str(
        next(
            each.outputs["arn"] for each in w.graph.of_type("aws:ecr/repository:Repository") if each.region == w.region
        )
    )
    pulls = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    asked = [
        *(("ec2", "*", action, {}) for action in ("ec2:DescribeInstances", "ec2:DescribeInstanceTypes")),
        ("eks", w.a("eks", f"cluster/{_physical(w)}"), "eks:DescribeCluster", {}),
        ("eks-auth", w.a("eks", f"cluster/{_physical(w)}"), "eks-auth:AssumeRoleForPodIdentity", {}),
        ("ecr-api", "*", "ecr:GetAuthorizationToken", {}),
        *((host, own, action, {}) for host in ("ecr-api", "ecr-dkr") for action in pulls[1:]),
        *(
            (host, f"arn:aws:ecr:{w.region}:{image}", action, {"aws:ResourceAccount": image.split(":")[0]})
            for image in ADD_ON_IMAGES
            for host in ("ecr-api", "ecr-dkr")
            for action in pulls[1:]
        ),
    ]
    for service, on, action, more in asked:
        yield Call(source="node", by=node, does=action, on=on, context={**w.inside(service), **more})
    yield Call(source="node", by="ec2.amazonaws.com", does="sts:AssumeRole", on=node, context=w.sent())


def identity(w: World) -> Iterator[Call]:
    """EKS assumes each role for the pods of its service account."""
    cluster = next(str(each.outputs["arn"]) for each in w.graph.of_type("aws:eks/cluster:Cluster"))
    found = w.graph.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    roles = {
        each.inputs["roleArn"]: (each.inputs["namespace"], each.inputs["serviceAccount"])
        for each in found
        if each.name.startswith(f"{w.tenant}-")
    }
    for operator, account in OPERATOR_ACCOUNTS.items():
        if w.has(ROLE, f"role-{operator.value}"):
            roles[w.role(f"role-{operator.value}")] = (account.namespace, account.name)
    assert roles
    for role, (namespace, account) in roles.items():
        tags = {
            "aws:RequestTag/eks-cluster-arn": cluster,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": account,
        }
        for action in ("sts:AssumeRole", "sts:TagSession"):
            yield Call(source="identity", by="pods.eks.amazonaws.com", does=action, on=role, context=tags)


def cluster(w: World) -> Iterator[Call]:
    """EKS: the control plane's role, and the grant that the caller of CreateCluster gives it."""
    context = w.sent(w.a("eks", f"cluster/{_physical(w)}"))
    yield Call(source="eks", by="eks.amazonaws.com", does="sts:AssumeRole", on=w.role("cluster"), context=context)
    # EKS's guide: kms:GrantIsForAWSResource is not supported for CreateCluster, so the key is absent here.
    granting = w.through("eks")
    for action, keys in (
        ("kms:CreateGrant", granting),
        ("kms:DescribeKey", granting),
        ("kms:DescribeKey", w.calling()),
    ):
        yield Call(source="eks", by=w.deployer, does=action, on=w.key("secret"), context=keys)
    yield Call(source="eks", by=w.role("cluster"), does="kms:DescribeKey", on=w.key("secret"), context=w.calling())


def trail(w: World) -> Iterator[Call]:
    by, bucket, arn = "cloudtrail.amazonaws.com", w.bucket("audit"), w.a("cloudtrail", f"trail/{_physical(w)}")
    writing = {**w.sent(arn), "kms:EncryptionContext:aws:cloudtrail:arn": arn}
    acl = {**w.sent(arn), "s3:x-amz-acl": "bucket-owner-full-control"}
    delivered = f"{bucket}/{w.tenant}/AWSLogs/{w.account}/CloudTrail/x"
    for does, on, context in (
        ("s3:GetBucketAcl", bucket, w.sent(arn)),
        ("s3:PutObject", delivered, acl),
        ("kms:GenerateDataKey", w.key("audit"), writing),
        ("kms:Decrypt", w.key("audit"), w.sent(arn)),
        ("kms:DescribeKey", w.key("audit"), w.sent(arn)),
        ("sts:AssumeRole", w.role("audit"), {}),
    ):
        yield Call(source="trail", by=by, does=does, on=on, context=context)
    stream = f"{w.arn('aws:cloudwatch/logGroup:LogGroup', 'logs-trail')}:log-stream:{w.account}_CloudTrail_{w.region}"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield Call(source="trail", by=w.role("audit"), does=action, on=stream, context=w.calling())


def groups(w: World) -> Iterator[Call]:
    """CloudWatch Logs encrypts each group under its key."""
    found = [each for each in w.graph.of_type("aws:cloudwatch/logGroup:LogGroup") if each.inputs.get("kmsKeyId")]
    assert found
    for group in found:
        context = {"kms:EncryptionContext:aws:logs:arn": str(group.outputs["arn"])}
        for action in ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"):
            yield Call(
                source="logs",
                by=f"logs.{group.region}.amazonaws.com",
                does=f"kms:{action}",
                on=group.inputs["kmsKeyId"],
                context=context,
            )


def volumes(w: World) -> Iterator[Call]:
    """EC2 Auto Scaling boots nodes from encrypted volumes, under its service-linked role."""
    role = w.service_role(SLR_SCALING)
    for data_class in ("code", "model"):
        key = w.key(data_class)
        for action in ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKeyWithoutPlaintext"):
            yield Call(source="scaling", by=role, does=f"kms:{action}", on=key, context=w.through("ec2"))
        granting = {**w.through("ec2"), "kms:GrantIsForAWSResource": "true"}
        yield Call(source="scaling", by=role, does="kms:CreateGrant", on=key, context=granting)
        yield Call(source="scaling", by=role, does="kms:DescribeKey", on=key, context=w.calling())


def flows(w: World) -> Iterator[Call]:
    role, source = w.role("network-logs-flows"), w.sent(w.a("ec2", "vpc-flow-log/fl-1"))
    yield Call(source="flows", by="vpc-flow-logs.amazonaws.com", does="sts:AssumeRole", on=role, context=source)
    group = w.arn("aws:cloudwatch/logGroup:LogGroup", "logs-flows")
    for action in ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"):
        yield Call(source="flows", by=role, does=action, on=f"{group}:log-stream:eni-1", context=w.calling())
    dns = f"{w.arn('aws:cloudwatch/logGroup:LogGroup', 'logs-dns')}:log-stream:vpc-1"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        context = w.sent(w.a("logs", "*"))
        yield Call(source="flows", by="delivery.logs.amazonaws.com", does=action, on=dns, context=context)


def snapshots(w: World) -> Iterator[Call]:
    """OpenSearch writes snapshots under a role, from its own network."""
    role, bucket = w.role("index-snapshots"), w.bucket("snapshots")
    context = w.sent(w.domain)
    yield Call(source="index", by="es.amazonaws.com", does="sts:AssumeRole", on=role, context=context)
    asked = [("s3:ListBucket", bucket), ("s3:GetObject", f"{bucket}/x"), ("s3:PutObject", f"{bucket}/x")]
    for does, on in asked:
        yield Call(source="index", by=role, does=does, on=on, context=w.calling())
    for does in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(source="index", by=role, does=does, on=w.key_of_bucket("snapshots"), context=w.through("s3"))


def delivery(w: World) -> Iterator[Call]:
    bucket = w.bucket("access-logs")
    source = w.sent(w.bucket("audit"))
    yield Call(
        source="delivery", by="logging.s3.amazonaws.com", does="s3:PutObject", on=f"{bucket}/s3/x", context=source
    )
    if w.graph.of_type("aws:lb/loadBalancer:LoadBalancer"):
        put = {**w.sent(w.a("logs", "*")), "s3:x-amz-acl": "bucket-owner-full-control"}
        by = "delivery.logs.amazonaws.com"
        on = f"{bucket}/lb/AWSLogs/{w.account}/x"
        yield Call(source="delivery", by=by, does="s3:PutObject", on=on, context=put)
        yield Call(source="delivery", by=by, does="s3:GetBucketAcl", on=bucket, context=w.sent(w.a("logs", "*")))


def replication(w: World) -> Iterator[Call]:
    """S3 copies into the recovery region, under a role, from its own network."""
    role, recovery = w.role("recovery-replication"), "eu-west-1"
    yield Call(source="replication", by="s3.amazonaws.com", does="sts:AssumeRole", on=role, context={})
    for name in ("snapshots", "models", "artifacts", "audit"):
        source, target = w.bucket(name), w.arn("aws:s3/bucket:Bucket", f"recovery-bucket-{name}")
        far = {**w.calling(), "aws:RequestedRegion": recovery}
        rules = w.node(ENCRYPTION, f"recovery-bucket-{name}").inputs["rules"]
        far_key = rules[0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
        for does, on, context in (
            ("s3:GetReplicationConfiguration", source, w.calling()),
            ("s3:ListBucket", source, w.calling()),
            ("s3:GetObjectVersionForReplication", f"{source}/x", w.calling()),
            ("s3:GetObjectVersionTagging", f"{source}/x", w.calling()),
            ("s3:GetObjectRetention", f"{source}/x", w.calling()),
            ("s3:ReplicateObject", f"{target}/x", far),
            ("s3:ReplicateDelete", f"{target}/x", far),
            ("kms:Decrypt", w.key_of_bucket(name), w.through("s3")),
            ("kms:Encrypt", far_key, w.through("s3", recovery)),
        ):
            yield Call(source="replication", by=role, does=does, on=on, context=context)


def deployment(w: World) -> Iterator[Call]:
    """What `up` asks of resources whose own policies could refuse the deployer. Its role allows everything here."""
    for key in w.graph.of_type("aws:kms/key:Key"):
        for action in (
            "DescribeKey",
            "GetKeyPolicy",
            "PutKeyPolicy",
            "EnableKeyRotation",
            "ScheduleKeyDeletion",
            "TagResource",
        ):
            yield Call(
                source="deployer", by=w.deployer, does=f"kms:{action}", on=str(key.outputs["arn"]), context=w.calling()
            )
    for bucket in w.graph.of_type("aws:s3/bucket:Bucket"):
        for action in ("PutBucketPolicy", "PutEncryptionConfiguration", "PutLifecycleConfiguration", "DeleteBucket"):
            yield Call(
                source="deployer",
                by=w.deployer,
                does=f"s3:{action}",
                on=str(bucket.outputs["arn"]),
                context=w.calling(),
            )
    for queue in w.graph.of_type("aws:sqs/queue:Queue"):
        yield Call(
            source="deployer",
            by=w.deployer,
            does="sqs:SetQueueAttributes",
            on=str(queue.outputs["arn"]),
            context=w.calling(),
        )
    if w.has("aws:opensearch/domain:Domain", "index"):
        for action in ("kms:CreateGrant", "kms:DescribeKey"):
            yield Call(source="index", by=w.deployer, does=action, on=w.key("index"), context=w.through("es"))
    if any(each.region == w.region for each in w.graph.of_type("aws:ecr/repository:Repository")) and w.has(
        ROLE, "cluster"
    ):
        for action in ("kms:CreateGrant", "kms:DescribeKey"):
            yield Call(source="deployer", by=w.deployer, does=action, on=w.key("code"), context=w.through("ecr"))


ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
