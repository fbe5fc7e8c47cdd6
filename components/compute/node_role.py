"""The role of a keep's nodes: join the cluster, pull images, give pods their roles. No access to data."""

import pulumi
from pulumi_aws import iam

from components.arns import aws_policy_arn
from components.iam_policy import Statement, document, trust_policy
from components.naming import DataClass, Keep
from components.network.aws_registries import add_on_registries
from components.network.endpoints import PULL_ACTIONS

# No CNI policy, since the vpc-cni add-on has its own role, and no SSM policy, since nobody logs in to a node.
MANAGED_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


class NodeRole(pulumi.ComponentResource):
    """AWS's managed policies for nodes, limited to one region, this account's registry and those of AWS's add-ons."""

    arn: pulumi.Output[str]
    ready: list[pulumi.Resource]  # nodes must depend on these: one that starts before its permissions never joins

    def __init__(self, name: str, keep: Keep, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:node_role:NodeRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        role = iam.Role(
            name,
            name=keep.physical("node"),
            description=f"Nodes of {keep.tenant}",
            assume_role_policy=trust_policy("ec2.amazonaws.com"),
            tags=keep.tags(DataClass.CONFIG),
            opts=child,
        )
        managed = [
            iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=aws_policy_arn(policy, keep.region),
                opts=child,
            )
            for policy in MANAGED_POLICIES
        ]
        fence = iam.RolePolicy(
            f"{name}-fence", name="fence", role=role.name, policy=document(*_fence(keep)), opts=child
        )

        self.arn = role.arn
        self.ready = [*managed, fence]
        self.register_outputs({"arn": self.arn})


def _fence(keep: Keep) -> list[Statement]:
    registries = (keep.account_id, *add_on_registries(keep.region))
    return [
        Statement(
            sid="DenyOtherRegions",
            effect="Deny",
            actions=("ec2:*", "ecr:*", "eks:*", "eks-auth:*"),
            resources=("*",),
            conditions={"StringNotEquals": {"aws:RequestedRegion": keep.region}},
        ),
        Statement(
            sid="DenyOtherRegistries",
            effect="Deny",
            actions=PULL_ACTIONS,
            resources=("*",),
            conditions={"StringNotEquals": {"aws:ResourceAccount": list(registries)}},
        ),
    ]
