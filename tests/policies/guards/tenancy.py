"""Guards of the tenancy rules."""

from collections.abc import Mapping

from policies.facts import Facts
from policies.rules.tenancy._tiers import has_own_infrastructure, is_pooled
from policies.rules.tenancy.no_shares import SHARES
from policies.rules.tenancy.own_ground import ON_CLUSTER
from tests.policies.guards.guard import Break, Guard


def _reading(resource: str, **tags: str) -> dict[str, object]:
    condition = {"StringEquals": {"aws:ResourceTag/codekeep:tenant": tags["tenant"]}} if tags else {}
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, "Condition": condition}


STRANGER = "arn:aws:iam::999988887777:role/deployer"
THEIR_KEY = "arn:aws:kms:eu-central-1:999988887777:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
THEIR_BUCKET = "codekeep-another-code-111122223333-eu-central-1"
SHARED_DOMAIN = "arn:aws:es:eu-central-1:333344445555:domain/platform-euc1-index"
TAGGED = ("aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:iam/role:Role", "aws:cloudwatch/logGroup:LogGroup")


def is_premium(facts: Facts) -> bool:
    return facts.tier == "premium"


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "dedicated-nodes": (
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "placement.tenancy",
            breaks=(Break.REMOVE,),
            values=("default",),
            when=is_premium,
        ),
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "placement", breaks=(Break.REMOVE,), when=is_premium),
        Guard("aws:eks/nodeGroup:NodeGroup", "launchTemplate", breaks=(Break.REMOVE,), when=is_premium),
        Guard(
            "aws:ec2/capacityReservation:CapacityReservation",
            "tenancy",
            breaks=(Break.REMOVE,),
            values=("default",),
            when=is_premium,
        ),
        Guard(
            "aws:ec2/instance:Instance",
            add=({"instanceType": "m7i.large", "tenancy": "default"},),
            when=is_premium,
        ),
        Guard(
            "aws:eks/fargateProfile:FargateProfile",
            add=({"clusterName": "c", "fargateProfileName": "pods"},),
            when=is_premium,
        ),
    ),
    "keys-per-class": (
        Guard(
            "aws:cloudwatch/logGroup:LogGroup",
            "kmsKeyId",
            values=(THEIR_KEY,),
        ),
        Guard(
            "aws:sqs/queue:Queue",
            "kmsMasterKeyId",
            values=(THEIR_KEY,),
        ),
        Guard(
            "aws:secretsmanager/secret:Secret",
            "kmsKeyId",
            values=(THEIR_KEY,),
        ),
        Guard("aws:cloudwatch/logGroup:LogGroup", "tags.codekeep:data-class", values=("prompt", "code")),
        Guard("aws:secretsmanager/secret:Secret", "tags.codekeep:data-class", values=("prompt",)),
        Guard("aws:opensearch/domain:Domain", "tags.codekeep:data-class", values=("log",)),
    ),
    "no-shares": (
        *(Guard(each, add=({"name": "share"},)) for each in SHARES),
        Guard("aws:rds/snapshot:Snapshot", add=({"sharedAccounts": ["999988887777"]},)),
    ),
    "own-ground": (
        Guard("aws:ec2/vpc:Vpc", add=({"cidrBlock": "10.0.0.0/16"},), when=is_pooled),
        Guard("aws:eks/cluster:Cluster", add=({"name": "another"},), when=is_pooled),
        Guard(
            "pulumi:pulumi:StackReference",
            add=({"name": "organization/codekeep/platform"},),
            when=has_own_infrastructure,
        ),
        *(Guard(each, "clusterName", values=("codekeep-another",), when=has_own_infrastructure) for each in ON_CLUSTER),
    ),
    "pooled-grants": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                {
                    "Effect": "Allow",
                    "Action": "es:ESHttpGet",
                    "Resource": f"{SHARED_DOMAIN}/*",
                },
                {
                    "Effect": "Allow",
                    "Action": "es:ESHttpGet",
                    "Resource": f"{SHARED_DOMAIN}/other_*",
                },
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::codekeep-*/*"},
                {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"},
            ),
            when=is_pooled,
        ),
    ),
    "provider-accounts": (
        Guard(
            "pulumi:providers:aws",
            "allowedAccountIds",
            breaks=(Break.REMOVE,),
            values=(["999988887777"], [], ["*"]),
        ),
        Guard("pulumi:providers:aws", "region", breaks=(Break.REMOVE,)),
        Guard(
            "pulumi:providers:aws",
            "assumeRoles[0].roleArn",
            values=(STRANGER,),
        ),
        Guard(
            "pulumi:providers:aws",
            "assumeRoles",
            values=([{"roleArn": STRANGER}],),
        ),
    ),
    "tenant-names": (
        Guard("aws:s3/bucket:Bucket", "bucket", values=(THEIR_BUCKET,)),
        Guard("aws:sqs/queue:Queue", "name", values=("codekeep-another-ingest",)),
        Guard("aws:iam/role:Role", "name", values=("codekeep-another-gateway",)),
        Guard("aws:kms/alias:Alias", "name", values=("alias/codekeep-another-code",)),
        Guard("aws:cloudwatch/logGroup:LogGroup", "name", values=("/codekeep/another/gateway",)),
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0]",
            values=(
                _reading(f"arn:aws:s3:::{THEIR_BUCKET}/*"),
                _reading("*", tenant="another"),
            ),
        ),
        Guard("aws:sqs/queue:Queue", "tags.codekeep:tenant", values=("another",)),
    ),
    "tenant-namespaces": (
        Guard(
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            "namespace",
            values=("default", "codekeep-another"),
        ),
        Guard(
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            "serviceAccount",
            values=("default", "another"),
        ),
        Guard(
            "kubernetes:core/v1:Namespace",
            "metadata.name",
            values=("shared", "codekeep-another"),
            when=is_pooled,
        ),
    ),
    "tenant-tags": (
        *(Guard(each, "tags", breaks=(Break.REMOVE,)) for each in TAGGED),
        *(Guard(each, "tags.codekeep:tenant", breaks=(Break.REMOVE,), values=("another",)) for each in TAGGED),
        Guard("aws:s3/bucket:Bucket", "tags.codekeep:tier", breaks=(Break.REMOVE,), values=("free",)),
        Guard("aws:s3/bucket:Bucket", "tags.codekeep:data-class", breaks=(Break.REMOVE,), values=("misc",)),
        Guard("aws:s3/bucket:Bucket", "tags.codekeep:region", breaks=(Break.REMOVE,), values=("us-east-1",)),
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications[0].tags", breaks=(Break.REMOVE,)),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "tagSpecifications[0].tags.codekeep:tenant",
            breaks=(Break.REMOVE,),
        ),
    ),
}
