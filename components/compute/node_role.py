"""The role of a keep's nodes: join the cluster, pull images, hand pods their own roles; nothing that touches data."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.arns import arn
from components.iam_policy import Statement, document, trust
from components.naming import DataClass, Keep
from components.network.endpoints import EKS_REGISTRY_ACCOUNT, EKS_REGISTRY_ACCOUNTS, PULL_ACTIONS

# Network interfaces are for the vpc-cni add-on's own role, and nobody logs on to a node: no CNI and no SSM policy here.
MANAGED_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True, kw_only=True)
class NodeRoleArgs:
    """Whose nodes."""

    keep: Keep


class NodeRole(pulumi.ComponentResource):
    """AWS's managed policies for nodes, fenced in to one region and to the registries of this account and of EKS."""

    arn: pulumi.Output[str]
    ready: list[pulumi.Resource]  # depend on these: a node that starts before its permissions never joins

    def __init__(self, name: str, args: NodeRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:node_role:NodeRole", name, None, opts)
        keep, child = args.keep, pulumi.ResourceOptions(parent=self)

        role = iam.Role(
            name,
            name=keep.physical("node"),
            description=f"Nodes of {keep.tenant}",
            assume_role_policy=trust("ec2.amazonaws.com"),
            tags=keep.tags(DataClass.CONFIG),
            opts=child,
        )
        managed = [
            iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=arn("iam", f"policy/{policy}", region=keep.region, account_id="aws", regional=False),
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
    registries = (keep.account_id, EKS_REGISTRY_ACCOUNTS.get(keep.region, EKS_REGISTRY_ACCOUNT))
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
