"""Calls that a keep's policies must refuse. Each is one step away from a call that they allow, so that it is refused
for that step and for nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.policies.access.calls import VOLUME, Call, calls
from tests.policies.access.world import STRANGER, World

STRANGERS_ACCOUNT = STRANGER.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class Denial:
    """`instead` is the allowed call beside it."""

    name: str
    call: Call
    instead: Call


def denials(world: World, other: World) -> list[Denial]:
    """Calls that a keep with its own cluster must refuse. `other` is the keep of another customer."""
    parts = (
        controllers,
        pods_beyond_their_resources,
        pods_beyond_their_context,
        other_roles,
        services_for_others,
        destruction,
        strangers,
    )
    found = [denial for part in parts for denial in part(world, other)]
    assert len({denial.name for denial in found}) == len(found)
    return found


def _base(world: World, by: str, does: str, on: str = "", **context: str) -> Call:
    """The first allowed call of the table that is like this."""
    for call in calls(world):
        if call.by.endswith(by) and call.does == does and on in call.on and context.items() <= call.context.items():
            return call
    raise AssertionError(f"no call of {by}: {does} on {on}")


def _step(name: str, base: Call, *, without: str = "", context: dict[str, str] | None = None, **changes: str) -> Denial:
    kept = {key: value for key, value in base.context.items() if key != without}
    return Denial(name=name, call=replace(base, context={**kept, **(context or {})}, **changes), instead=base)


def pods_beyond_their_resources(w: World, other: World) -> Iterator[Denial]:
    put, get = _base(w, "-gateway", "s3:PutObject", "audit"), _base(w, "-ingest", "s3:GetObject", "code")
    secret = _base(w, "-ingest", "secretsmanager:GetSecretValue")
    search = _base(w, "-gateway", "es:ESHttpPost", "_search")
    receive, send = _base(w, "-ingest", "sqs:ReceiveMessage"), _base(w, "-webhook", "sqs:SendMessage")
    sign = _base(w, "-gateway", "kms:Sign")
    yield _step("another tenant's secret", secret, on=other.secrets("-token")[0])
    yield _step("the gateway's certificate, by ingest", secret, on=w.secret("gateway-certificate"))
    yield _step("a webhook's secret, by ingest", secret, on=w.secrets("-webhook")[0])
    yield _step("a Git token, by the webhook", _base(w, "-webhook", "secretsmanager:GetSecretValue"), on=secret.on)
    yield _step("another tenant's objects", get, on=f"{other.bucket('code')}/{other.tenant}/x")
    yield _step("another prefix of the own bucket", get, on=f"{w.bucket('code')}/elsewhere/x")
    yield _step("the code, by the gateway", put, does="s3:GetObject", on=get.on)
    yield _step("reading the audit record back", put, does="s3:GetObject")
    yield _step("the models, by ingest", get, on=f"{w.bucket('models')}/{w.tenant}/x")
    yield _step("writing models, by a model server", _base(w, "-model-server", "s3:GetObject"), does="s3:PutObject")
    yield _step("deleting code, by the gateway", put, does="s3:DeleteObject", on=get.on)
    yield _step(
        "deleting code outside of the outbox, by the indexer",
        _base(w, "-indexer", "s3:DeleteObject", "outbox"),
        on=get.on,
    )
    yield _step("listing another prefix", _base(w, "-ingest", "s3:ListBucket"), context={"s3:prefix": "elsewhere/"})
    yield _step("another tenant's index", search, on=f"{w.domain}/{other.tenant}_chunks/_search")
    yield _step("a bulk request, by the gateway", search, on=f"{w.domain}/{w.tenant}_chunks/_bulk")
    yield _step("all indexes at once", search, on=f"{w.domain}/_search")
    yield _step("deleting an index, by the gateway", search, does="es:ESHttpDelete")
    yield _step(
        "the domain's security, by the indexer", _base(w, "-indexer", "es:ESHttpPut"), on=f"{w.domain}/_plugins/x"
    )
    yield _step("another tenant's queue", receive, on=other.queue("ingest"))
    yield _step("the review queue, by ingest", receive, on=w.queue("review"))
    yield _step("receiving, by the webhook", send, does="sqs:ReceiveMessage")
    yield _step("purging a queue, by ingest", receive, does="sqs:PurgeQueue")
    yield _step("signing, by ingest", sign, by=w.role("role-ingest"))
    yield _step("signing with another tenant's key", sign, on=other.arn("aws:kms/key:Key", "audit-signing"))
    metric = _base(w, "-telemetry", "cloudwatch:PutMetricData")
    yield _step("metrics of another namespace", metric, context={"cloudwatch:namespace": "codekeep/other"})
    yield _step("deleting a log stream", _base(w, "-telemetry", "logs:PutLogEvents"), does="logs:DeleteLogStream")


def pods_beyond_their_context(w: World, _: World) -> Iterator[Denial]:
    get, secret = _base(w, "-ingest", "s3:GetObject"), _base(w, "-ingest", "secretsmanager:GetSecretValue")
    receive, put = _base(w, "-ingest", "sqs:ReceiveMessage"), _base(w, "-gateway", "s3:PutObject", "audit")
    decrypt = _base(w, "-ingest", "kms:Decrypt", **{"kms:ViaService": f"s3.{w.region}.amazonaws.com"})
    yield _step("a bucket without TLS", get, context={"aws:SecureTransport": "false"})
    yield _step("a bucket with old TLS", get, context={"s3:TlsVersion": "1.1"})
    yield _step("a bucket from outside of the endpoint", get, without="aws:SourceVpce")
    yield _step("a bucket by another endpoint", get, context={"aws:SourceVpce": "vpce-elsewhere"})
    yield _step("a secret from outside of the endpoint", secret, without="aws:SourceVpce")
    yield _step("a secret by another endpoint", secret, context={"aws:SourceVpce": "vpce-elsewhere"})
    yield _step("a queue without TLS", receive, context={"aws:SecureTransport": "false"})
    yield _step("a queue from outside of the endpoint", receive, without="aws:SourceVpce")
    yield _step("a key without the service", decrypt, without="kms:ViaService")
    yield _step("a key through another service", decrypt, context={"kms:ViaService": f"ec2.{w.region}.amazonaws.com"})
    yield _step(
        "a key through the service of another region", decrypt, context={"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    )
    yield _step("another region", get, context={"aws:RequestedRegion": "us-east-1"})
    key = "s3:x-amz-server-side-encryption"
    yield _step("objects without our key", put, context={key: "AES256"})
    yield _step(
        "objects under another key",
        put,
        context={key: "aws:kms", f"{key}-aws-kms-key-id": f"arn:aws:kms:{w.region}:{w.account}:key/other"},
    )
    yield _step("objects under the caller's key", put, context={f"{key}-customer-algorithm": "AES256"})
    yield _step(
        "a foreign bucket", get, context={"aws:ResourceAccount": STRANGERS_ACCOUNT}, on="arn:aws:s3:::elsewhere/x"
    )


def other_roles(w: World, other: World) -> Iterator[Denial]:
    """Nodes, operators, and what would raise a role's rights."""
    decrypt = _base(w, "-ingest", "kms:Decrypt", **{"kms:ViaService": f"s3.{w.region}.amazonaws.com"})
    pull, pass_role = _base(w, "-node", "ecr:BatchGetImage"), _base(w, "-index-admin", "iam:PassRole")
    attach = _base(w, "-aws-ebs-csi-driver", "ec2:AttachVolume", "volume")
    create = _base(w, "-aws-ebs-csi-driver", "ec2:CreateVolume")
    pod = _base(w, "pods.eks.amazonaws.com", "sts:AssumeRole", "-gateway")
    yield _step("a node reads under the code's key", decrypt, by=w.role("pool-role"))
    yield _step("a node reads objects", _base(w, "-ingest", "s3:GetObject"), by=w.role("pool-role"))
    yield _step("a node reads a secret", _base(w, "-ingest", "secretsmanager:GetSecretValue"), by=w.role("pool-role"))
    yield _step(
        "a node pulls from a stranger",
        pull,
        context={"aws:ResourceAccount": STRANGERS_ACCOUNT},
        on=f"arn:aws:ecr:{w.region}:{STRANGERS_ACCOUNT}:repository/x",
    )
    yield _step("a node pulls in another region", pull, context={"aws:RequestedRegion": "us-east-1"})
    yield _step("a node pushes", pull, does="ecr:PutImage")
    yield _step("a node assumes a pod's role", pod, by=w.role("pool-role"), context={})
    yield _step("iam:PassRole of another role", pass_role, on=w.role("role-gateway"))
    yield _step("iam:PassRole to another service", pass_role, context={"iam:PassedToService": "ec2.amazonaws.com"})
    for action in (
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:CreateAccessKey",
    ):
        yield _step(f"{action}, by the index's administrator", pass_role, does=action, on=w.role("role-index-admin"))
    yield _step("a volume that is not the driver's", attach, without=f"aws:ResourceTag/{VOLUME}")
    yield _step("a volume without encryption", create, context={"ec2:Encrypted": "false"})
    yield _step("a volume without the driver's tag", create, without=f"aws:RequestTag/{VOLUME}")
    yield _step(
        "an instance of another tenant",
        _base(w, "-aws-ebs-csi-driver", "ec2:AttachVolume", "instance"),
        context={"aws:ResourceTag/codekeep:tenant": other.tenant},
    )
    yield _step(
        "tags on what exists already", _base(w, "-aws-ebs-csi-driver", "ec2:CreateTags"), without="ec2:CreateAction"
    )
    scale = _base(w, "-cluster-autoscaler", "autoscaling:SetDesiredCapacity")
    yield _step("the groups of another cluster", scale, context={"aws:ResourceTag/eks:cluster-name": "other"})
    yield _step(
        "reading messages, by KEDA", _base(w, "-keda-operator", "sqs:GetQueueAttributes"), does="sqs:ReceiveMessage"
    )
    bind = _base(w, "-aws-load-balancer-controller", "elasticloadbalancing:RegisterTargets")
    yield _step("a new load balancer, by its controller", bind, does="elasticloadbalancing:CreateLoadBalancer")
    yield _step("a pod of another namespace", pod, context={"aws:RequestTag/kubernetes-namespace": "default"})
    yield _step(
        "a pod of another service account", pod, context={"aws:RequestTag/kubernetes-service-account": "default"}
    )
    yield _step(
        "a pod of another cluster",
        pod,
        context={"aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:999988887777:cluster/x"},
    )
    yield _step("a pod's role without its tags", pod, without="aws:RequestTag/kubernetes-namespace")
    yield _step("a pod's role, by EC2", pod, by="ec2.amazonaws.com")


def controllers(w: World, other: World) -> Iterator[Denial]:
    """What scales, balances and counts does so for its own cluster and keep."""
    scale = _base(w, "-cluster-autoscaler", "autoscaling:TerminateInstanceInAutoScalingGroup")
    bind = _base(w, "-aws-load-balancer-controller", "elasticloadbalancing:DeregisterTargets")
    count = _base(w, "-keda-operator", "sqs:GetQueueAttributes")
    yield _step("a group without a cluster", scale, without="aws:ResourceTag/eks:cluster-name")
    yield _step(
        "a node of another cluster", scale, context={"aws:ResourceTag/eks:cluster-name": f"codekeep-{other.tenant}"}
    )
    yield _step("a group that EKS did not make", scale, on=scale.on.replace("/eks-", "/own-"))
    yield _step("groups of another region", scale, context={"aws:RequestedRegion": "us-east-1"})
    for action in ("UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "CreateOrUpdateTags"):
        yield _step(f"{action}, by the autoscaler", scale, does=f"autoscaling:{action}")
    yield _step("launching instances, by the autoscaler", scale, does="ec2:RunInstances", on="*")
    nodes = _base(w, "-cluster-autoscaler", "eks:DescribeNodegroup")
    yield _step("node groups of another cluster", nodes, on=nodes.on.replace(f"-{w.tenant}/", f"-{other.tenant}/"))
    yield _step("sizing a node group past its bounds", nodes, does="eks:UpdateNodegroupConfig")
    target = str(other.graph.of_type("aws:lb/targetGroup:TargetGroup")[0].outputs["arn"])
    yield _step("another keep's target group", bind, on=target)
    yield _step("targets, by the autoscaler", bind, by=w.role("role-cluster-autoscaler"))
    for action in ("ModifyListener", "DeleteTargetGroup", "ModifyLoadBalancerAttributes"):
        yield _step(f"{action}, by the balancer's controller", bind, does=f"elasticloadbalancing:{action}")
    yield _step(
        "opening a security group, by the balancer's controller", bind, does="ec2:AuthorizeSecurityGroupIngress", on="*"
    )
    yield _step("another tenant's queue length", count, on=other.queue("ingest"))
    yield _step("changing a queue, by KEDA", count, does="sqs:SetQueueAttributes")
    yield _step("metrics, by KEDA", count, does="cloudwatch:GetMetricData", on="*")


def services_for_others(w: World, _: World) -> Iterator[Denial]:
    """Confused deputies: the service acts, but for somebody else."""
    alarm = {
        "aws:SourceArn": f"arn:aws:cloudwatch:{w.region}:{STRANGERS_ACCOUNT}:alarm:x",
        "aws:SourceAccount": STRANGERS_ACCOUNT,
    }
    trail = {"aws:SourceArn": f"arn:aws:cloudtrail:{w.region}:{STRANGERS_ACCOUNT}:trail/x"}
    yield _step("an alarm of a stranger", _base(w, "cloudwatch.amazonaws.com", "sns:Publish"), context=alarm)
    yield _step("an alarm of a stranger, the key", _base(w, "cloudwatch.amazonaws.com", "kms:Decrypt"), context=alarm)
    yield _step(
        "a topic without TLS", _base(w, "events.amazonaws.com", "sns:Publish"), context={"aws:SecureTransport": "false"}
    )
    yield _step("a budget of a stranger", _base(w, "budgets.amazonaws.com", "sns:Publish"), context=alarm)
    yield _step("a rule of a stranger", _base(w, "events.amazonaws.com", "sqs:SendMessage"), context=alarm)
    yield _step("a trail of a stranger", _base(w, "cloudtrail.amazonaws.com", "s3:PutObject"), context=trail)
    yield _step(
        "a trail of a stranger, the key", _base(w, "cloudtrail.amazonaws.com", "kms:GenerateDataKey"), context=trail
    )
    yield _step(
        "a trail outside of its folder",
        _base(w, "cloudtrail.amazonaws.com", "s3:PutObject"),
        on=f"{w.bucket('audit')}/{w.tenant}/x",
    )
    yield _step(
        "a trail that keeps its objects",
        _base(w, "cloudtrail.amazonaws.com", "s3:PutObject"),
        context={"s3:x-amz-acl": "private"},
    )
    group = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{w.region}:{STRANGERS_ACCOUNT}:log-group:x"}
    yield _step("a log group of a stranger", _base(w, f"logs.{w.region}.amazonaws.com", "kms:Decrypt"), context=group)
    yield _step("a flow log of a stranger", _base(w, "vpc-flow-logs.amazonaws.com", "sts:AssumeRole"), context=alarm)
    yield _step("a domain of a stranger", _base(w, "es.amazonaws.com", "sts:AssumeRole"), context=alarm)
    grant = _base(w, "AWSServiceRoleForAutoScaling", "kms:CreateGrant")
    yield _step("a grant of Auto Scaling to no service", grant, context={"kms:GrantIsForAWSResource": "false"})
    yield _step(
        "Auto Scaling without EC2", _base(w, "AWSServiceRoleForAutoScaling", "kms:Decrypt"), without="kms:ViaService"
    )
    yield _step(
        "a key's use, by the deployer",
        _base(w, "codekeep-deployer", "kms:DescribeKey", w.key("code")),
        does="kms:Decrypt",
    )
    yield _step(
        "a grant without a service, by the deployer",
        _base(w, "codekeep-deployer", "kms:CreateGrant", "secret"),
        without="kms:ViaService",
    )


def destruction(w: World, _: World) -> Iterator[Denial]:
    put, get = _base(w, "-gateway", "s3:PutObject", "audit"), _base(w, "-ingest", "s3:GetObject")
    for action in (
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObjectRetention",
        "s3:BypassGovernanceRetention",
    ):
        yield _step(f"{action} of audit records", put, does=action)
    yield _step("deleting the audit bucket", put, does="s3:DeleteBucket", on=w.bucket("audit"))
    yield _step("the policy of a bucket", get, does="s3:PutBucketPolicy", on=w.bucket("code"))
    yield _step("old versions of code", get, does="s3:DeleteObjectVersion")
    for action in ("kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey"):
        yield _step(f"{action}, by the gateway", _base(w, "-gateway", "kms:Sign"), does=action)
    yield _step(
        "deleting a secret", _base(w, "-ingest", "secretsmanager:GetSecretValue"), does="secretsmanager:DeleteSecret"
    )


def strangers(w: World, _: World) -> Iterator[Denial]:
    """Somebody of another account, whose own policies allow everything."""
    asked = (
        _base(w, "-ingest", "s3:GetObject"),
        _base(w, "-ingest", "sqs:ReceiveMessage"),
        _base(w, "-ingest", "secretsmanager:GetSecretValue"),
        _base(w, "-ingest", "kms:Decrypt"),
        _base(w, "-gateway", "kms:Sign"),
        _base(w, "-gateway", "es:ESHttpGet"),
        _base(w, "-node", "ecr:BatchGetImage"),
        _base(w, "events.amazonaws.com", "sns:Publish"),
        _base(w, "pods.eks.amazonaws.com", "sts:AssumeRole", "-gateway"),
        _base(w, "codekeep-deployer", "kms:CreateGrant", "secret"),
    )
    for base in asked:
        yield _step(f"{base.does} by a stranger", base, by=STRANGER)
        if base.does.startswith(("s3", "sqs", "sns")):
            yield _step(f"{base.does} by nobody", base, by="")
