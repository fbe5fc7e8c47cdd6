"""Guards of the identity rules."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from policies.rules.identity.cluster_admins import SHOWS_SECRETS
from policies.rules.identity.long_lived_keys import REFUSED
from tests.policies.guards.guard import Break, Guard

STRANGER = "arn:aws:iam::999988887777:root"
ROOT, ROBOT = "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/robot"
ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
SNAPSHOTS = "arn:aws:iam::111122223333:role/codekeep-demo-index-snapshots"


def _for_service(service: str, condition: Mapping[str, object] | None = None) -> dict[str, object]:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Resource": "*",
    }
    return {**statement, "Condition": condition} if condition else statement


UNBOUND = (
    _for_service("events.amazonaws.com"),
    _for_service("es.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "999988887777"}}),
    _for_service("es.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}),
    _for_service("sns.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}),
    _for_service("sns.amazonaws.com", {"ArnLike": {"aws:SourceArn": "*"}}),
)
FROM_THE_KEEP = (
    {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/codekeep-demo-*"}},
)


def _deployment(**variable: str) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "main", "env": [variable]}]}}}}


def _handed(principal: object, **equals: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {**statement, "Condition": {"StringLike": equals}} if equals else statement


PODS = {"Service": "pods.eks.amazonaws.com"}
CLUSTER = {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"}
PIPELINE = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}


def _trusting(principal: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Resource": "*"}


def _allowing_key(actions: object, principal: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"}


def _passing(role: str, service: object = None) -> dict[str, object]:
    statement: dict[str, object] = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role}
    return {**statement, "Condition": {"StringLike": {"iam:PassedToService": service}}} if service else statement


def _allowing(actions: object, resource: str = "*") -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _for(principal: object, **condition: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement


EVERYBODY = (
    _for("*"),
    _for({"AWS": ["*"]}),
    _for("*", StringNotEquals={"aws:PrincipalAccount": "111122223333"}),
    _for("*", StringLike={"aws:PrincipalArn": "*"}),
    _for("*", StringEqualsIfExists={"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}),
)
OPEN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
SERVICE_WIDE = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:*"], "Resource": "arn:aws:s3:::bucket/*"}
RESOURCE_WIDE = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sqs:*", "Resource": "*"}

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "access-analyzer": (
        Guard("aws:accessanalyzer/analyzer:Analyzer", drop=True),
        Guard("aws:accessanalyzer/analyzer:Analyzer", "type", values=("ACCOUNT_UNUSED_ACCESS",)),
        Guard("aws:accessanalyzer/analyzer:Analyzer", "region", values=("us-east-1",)),
    ),
    "admin-policies": (
        Guard(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "policyArn",
            values=tuple(
                f"arn:aws:iam::aws:policy/{name}"
                for name in ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AmazonS3FullAccess")
            ),
        ),
        Guard(
            "aws:iam/role:Role",
            "managedPolicyArns",
            values=(
                ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"],
                ["arn:aws:iam::aws:policy/job-function/DatabaseAdministrator"],
            ),
        ),
    ),
    "cluster-admins": (
        Guard(
            "aws:eks/accessEntry:AccessEntry",
            "principalArn",
            breaks=(Break.WIDEN,),
            values=(ROOT,),
        ),
        Guard(
            "aws:eks/accessEntry:AccessEntry",
            "kubernetesGroups",
            values=(["system:masters"], ["cluster-admin"]),
        ),
        Guard(
            "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            "principalArn",
            breaks=(Break.WIDEN,),
            values=(ROOT,),
        ),
        Guard(
            "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            "policyArn",
            values=("arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",),
        ),
        Guard(
            "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            add=tuple(
                {
                    "clusterName": "c",
                    "principalArn": "arn:aws:iam::111122223333:role/dev",
                    "policyArn": f"arn:aws:eks::aws:cluster-access-policy/{policy}",
                    "accessScope": {"type": "cluster"},
                }
                for policy in SHOWS_SECRETS
            ),
        ),
    ),
    "cluster-authentication": (
        Guard("aws:eks/cluster:Cluster", "accessConfig", breaks=(Break.REMOVE,)),
        Guard(
            "aws:eks/cluster:Cluster",
            "accessConfig.authenticationMode",
            breaks=(Break.REMOVE,),
            values=("CONFIG_MAP", "API_AND_CONFIG_MAP"),
        ),
        Guard(
            "aws:eks/cluster:Cluster",
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            breaks=(Break.REMOVE, Break.FLIP),
        ),
        Guard("kubernetes:core/v1:ConfigMap", add=({"metadata": {"name": "aws-auth", "namespace": "kube-system"}},)),
    ),
    "confused-deputy": (
        Guard("aws:iam/role:Role", "assumeRolePolicy|Statement[0]", values=UNBOUND),
        *(
            Guard(each, "policy|Statement[0]", values=UNBOUND)
            for each in (
                "aws:kms/key:Key",
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:sqs/queuePolicy:QueuePolicy",
                "aws:sns/topicPolicy:TopicPolicy",
            )
        ),
        Guard(
            "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            "policyDocument|Statement[0]",
            values=UNBOUND[:1],
        ),
        Guard(
            "aws:lambda/permission:Permission",
            add=({"action": "lambda:InvokeFunction", "principal": "events.amazonaws.com"},),
        ),
    ),
    "environment-secrets": (
        Guard(
            "kubernetes:apps/v1:Deployment",
            add=(
                _deployment(name="GIT_TOKEN", value="s3cr3t-value"),
                _deployment(name="NOTE", value="id AKIAIOSFODNN7EXAMPLE"),
            ),
        ),
        Guard("kubernetes:core/v1:ConfigMap", add=({"data": {"DB_PASSWORD": "hunter2"}},)),
        Guard("aws:lambda/function:Function", add=({"environment": {"variables": {"API_KEY": "k"}}},)),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "userData",
            values=(base64.b64encode(b"export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE").decode(),),
        ),
        Guard(
            "aws:eks/addon:Addon",
            "configurationValues",
            values=(json.dumps({"key": "AKIAIOSFODNN7EXAMPLE"}),),
        ),
    ),
    "federation-binding": (
        Guard(
            "aws:iam/role:Role",
            "assumeRolePolicy|Statement[0]",
            values=(
                _handed(PODS),
                _handed(
                    PODS,
                    **{
                        "aws:RequestTag/kubernetes-namespace": "codekeep-demo",
                        "aws:RequestTag/kubernetes-service-account": "*",
                    },
                ),
                _handed(
                    CLUSTER,
                    **{f"{ISSUER}:aud": "sts.amazonaws.com"},
                ),
                _handed(
                    CLUSTER,
                    **{
                        f"{ISSUER}:aud": "sts.amazonaws.com",
                        f"{ISSUER}:sub": "system:serviceaccount:default:*",
                    },
                ),
                _handed(PIPELINE, **{"token.actions.githubusercontent.com:sub": "repo:example/*"}),
            ),
        ),
    ),
    "foreign-principals": (
        Guard(
            "aws:iam/role:Role",
            "assumeRolePolicy|Statement[0].Principal",
            values=(
                {"AWS": STRANGER},
                {"AWS": "999988887777"},
                {"AWS": "AROAEXAMPLE0123456789"},
                {"Federated": "x.com"},
            ),
        ),
        Guard(
            "aws:kms/key:Key",
            "policy|Statement[0].Principal",
            values=({"AWS": [STRANGER]},),
        ),
        *(
            Guard(each, "policy|Statement[0]", values=(_trusting({"AWS": STRANGER}),))
            for each in (
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:sqs/queuePolicy:QueuePolicy",
                "aws:sns/topicPolicy:TopicPolicy",
                "aws:secretsmanager/secretPolicy:SecretPolicy",
                "aws:ecr/repositoryPolicy:RepositoryPolicy",
            )
        ),
        Guard(
            "aws:opensearch/domain:Domain",
            "accessPolicies|Statement[0].Principal",
            values=({"AWS": STRANGER},),
        ),
        Guard("aws:eks/accessEntry:AccessEntry", "principalArn", values=(STRANGER,)),
        Guard(
            "aws:lambda/permission:Permission",
            add=({"action": "lambda:InvokeFunction", "principal": STRANGER},),
        ),
        Guard(
            "aws:kms/grant:Grant",
            add=({"granteePrincipal": STRANGER, "operations": ["Decrypt"]},),
        ),
    ),
    "inverted-grants": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"},
            ),
        ),
        Guard(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy|Statement[0]",
            values=({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject"},),
        ),
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "policy",
            values=(json.dumps({"Statement": {"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "*"}}),),
        ),
    ),
    "key-administration": (
        Guard("aws:kms/key:Key", "policy", breaks=(Break.REMOVE,), values=(json.dumps({"Statement": []}),)),
        Guard(
            "aws:kms/key:Key",
            "policy|Statement[0]",
            values=(
                _allowing_key("kms:*", ROOT),
                _allowing_key("kms:PutKeyPolicy", ROBOT),
                _allowing_key(["kms:Put*", "kms:Decrypt"], ROOT),
                _allowing_key(["kms:ScheduleKeyDeletion"], "*"),
            ),
        ),
        Guard("aws:kms/key:Key", "policy|Statement[1].Condition", breaks=(Break.REMOVE,)),
        Guard("aws:kms/replicaKey:ReplicaKey", "policy", breaks=(Break.REMOVE,)),
    ),
    "key-conditions": (
        Guard(
            "aws:iam/role:Role",
            "assumeRolePolicy|Statement[0]",
            values=(
                _for_service("cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "111122223333"}}),
                _for_service("cloudtrail.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:*"}}),
            ),
        ),
        # Statement[1] is EventBridge's.
        Guard("aws:sns/topicPolicy:TopicPolicy", "policy|Statement[1].Condition", values=FROM_THE_KEEP),
        Guard(
            "aws:kms/key:Key",
            "policy|Statement[0]",
            values=(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "kms:Decrypt",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}},
                },
            ),
        ),
        Guard(
            "aws:kms/key:Key",
            "policy|Statement[1].Condition",
            values=({"StringEquals": {"kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}},),
        ),
    ),
    "long-lived-keys": (
        *(Guard(each, add=({"user": "robot"},)) for each in REFUSED),
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "keyName", values=("admin",)),
        Guard("aws:eks/nodeGroup:NodeGroup", "remoteAccess", values=({"ec2SshKey": "admin"},)),
        Guard("pulumi:providers:aws", "accessKey", values=("AKIAIOSFODNN7EXAMPLE",)),
    ),
    "metadata-service": (
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions", breaks=(Break.REMOVE,)),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "metadataOptions.httpTokens",
            breaks=(Break.REMOVE,),
            values=("optional",),
        ),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "metadataOptions.httpPutResponseHopLimit",
            breaks=(Break.REMOVE,),
            values=(2, 64),
        ),
        Guard("aws:eks/nodeGroup:NodeGroup", "launchTemplate", breaks=(Break.REMOVE,)),
        Guard("aws:ec2/instance:Instance", add=({"ami": "ami-0123456789abcdef0", "instanceType": "m7i.large"},)),
    ),
    "pass-role": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                _passing(SNAPSHOTS),
                _passing(SNAPSHOTS, "*"),
                _passing("*", "es.amazonaws.com"),
                _passing("arn:aws:iam::111122223333:role/*", "es.amazonaws.com"),
            ),
        ),
        Guard("aws:iam/policy:Policy", "policy|Statement[2].Condition", values=({},)),
    ),
    "permissions-boundary": (
        Guard(
            "aws:iam/role:Role",
            "permissionsBoundary",
            breaks=(Break.REMOVE,),
            values=("arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::999988887777:policy/theirs"),
        ),
    ),
    "privilege-escalation": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                _allowing("iam:CreatePolicyVersion"),
                _allowing(["iam:AttachRolePolicy"], "arn:aws:iam::111122223333:role/*"),
                _allowing("iam:Put*"),
                _allowing("sts:AssumeRole"),
                _allowing(["iam:PassRole", "lambda:CreateFunction"]),
                _allowing(["iam:PassRole", "ec2:RunInstances"]),
            ),
        ),
    ),
    "public-principals": (
        Guard("aws:iam/role:Role", "assumeRolePolicy|Statement[0]", values=EVERYBODY[:2]),
        *(
            Guard(each, "policy|Statement[0]", values=EVERYBODY)
            for each in (
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:sqs/queuePolicy:QueuePolicy",
                "aws:sns/topicPolicy:TopicPolicy",
                "aws:secretsmanager/secretPolicy:SecretPolicy",
                "aws:kms/key:Key",
            )
        ),
        Guard("aws:lambda/functionUrl:FunctionUrl", add=({"functionName": "f", "authorizationType": "NONE"},)),
        Guard("aws:s3/bucketAcl:BucketAcl", add=({"bucket": "b", "acl": "public-read"},)),
    ),
    "session-duration": (Guard("aws:iam/role:Role", "maxSessionDuration", values=(14401, 43200)),),
    "wildcard-actions": (
        Guard("aws:iam/rolePolicy:RolePolicy", "policy|Statement[0]", values=(OPEN, SERVICE_WIDE)),
        Guard("aws:iam/policy:Policy", "policy|Statement[0].Action", values=("*", ["kms:*"])),
        Guard("aws:sqs/queuePolicy:QueuePolicy", "policy|Statement[0]", values=(RESOURCE_WIDE,)),
        Guard("aws:kms/key:Key", "policy|Statement[0].Action", values=("kms:*", ["kms:*Key"])),
        Guard("aws:iam/role:Role", "assumeRolePolicy|Statement[0].Action", values=("sts:*",)),
        Guard("aws:iam/policy:Policy", add=({"policy": json.dumps({"Statement": OPEN})},)),
    ),
    "search-roles": (
        Guard("aws:opensearch/domain:Domain", "advancedOptions", breaks=(Break.REMOVE,)),
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            add=({"role": "unmapped", "policy": json.dumps({"Statement": {**OPEN, "Action": "es:ESHttpPost"}})},),
        ),
    ),
    "wildcard-resources": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                {"Effect": "Allow", "Action": ["ec2:DescribeVpcs", "sqs:ReceiveMessage"], "Resource": ["*"]},
                {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-central-1:111122223333:key/*"},
                {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*/*"},
            ),
        ),
        Guard(
            "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            "policyDocument|Statement[0].Resource",
            values=("*",),
        ),
    ),
}
