"""One IAM role per workload, which only its pods can assume, and the permissions of the roles.

Two components, since roles and resources name each other: policies of buckets, secrets and the search domain name the
roles, and the roles' policies name those resources. So all roles come first, then the resources, then the permissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.physical_names import ROLE_NAME_MAX
from pulumi_aws import eks, iam

from components.arns import aws_policy_arn
from components.iam_policy import Conditions, Statement, document, trust_policy
from components.identity.workload import ServiceAccount
from components.naming import DataClass, Keep

POD_IDENTITY = "pods.eks.amazonaws.com"
ASSUME = ("sts:AssumeRole", "sts:TagSession")
SESSION_SECONDS = 3_600


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """`accounts` has, by label, the service accounts whose pods get a role in the cluster `cluster_arn`."""

    keep: Keep
    cluster_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    accounts: Mapping[str, ServiceAccount]

    def __post_init__(self) -> None:
        if not self.accounts:
            raise ValueError("accounts must have at least one service account")
        for label in self.accounts:
            if len(name := self.keep.physical(label)) > ROLE_NAME_MAX:
                raise ValueError(f"role name {name!r} is longer than {ROLE_NAME_MAX} characters; shorten the label")


class Identity(pulumi.ComponentResource):
    """The roles, without any permission yet."""

    roles: Mapping[str, iam.Role]
    role_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:identity:Identity", name, None, opts)
        self._args = args

        self.roles = {label: self._role(label, account) for label, account in args.accounts.items()}

        self.role_arns = {label: role.arn for label, role in self.roles.items()}
        self.register_outputs({"roleArns": dict(self.role_arns)})

    def _role(self, label: str, account: ServiceAccount) -> iam.Role:
        args, keep = self._args, self._args.keep
        return iam.Role(
            keep.logical("role", label),
            name=keep.physical(label),
            description=f"Pods of {account.namespace}/{account.name}",
            assume_role_policy=trust_policy(
                POD_IDENTITY, actions=ASSUME, conditions=pod_of(keep, args.cluster_arn, account)
            ),
            permissions_boundary=args.boundary_arn,
            max_session_duration=SESSION_SECONDS,
            tags=keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self),
        )


def pod_of(keep: Keep, cluster_arn: pulumi.Input[str], account: ServiceAccount) -> Conditions:
    """Trust conditions: only EKS may assume the role, for a pod of this service account, namespace and cluster.

    By the tags that EKS Pod Identity sends; its guide knows no aws:SourceArn.
    """
    return {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": cluster_arn,
            "aws:RequestTag/kubernetes-namespace": account.namespace,
            "aws:RequestTag/kubernetes-service-account": account.name,
        },
    }


@dataclass(frozen=True, kw_only=True)
class PermissionsArgs:
    """`statements` and `managed` have, by label, what each role may do; `bound` are accounts that no add-on binds."""

    keep: Keep
    identity: Identity
    cluster_name: pulumi.Input[str]
    statements: Mapping[str, Sequence[Statement]]
    bound: Mapping[str, ServiceAccount]
    managed: Mapping[str, str] | None = None  # label -> name of a policy that AWS manages

    def __post_init__(self) -> None:
        known = self.identity.roles.keys()
        if strange := sorted({*self.statements, *self.bound, *(self.managed or {})} - known):
            raise ValueError(f"no role for {', '.join(strange)} (there are: {', '.join(sorted(known))})")


class Permissions(pulumi.ComponentResource):
    """Policies of the roles, and the pod identity associations that give roles to pods."""

    policies: Mapping[str, pulumi.Resource]  # by label; what needs a permission must depend on it

    def __init__(self, name: str, args: PermissionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:identity:Permissions", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        inline = {label: self._allow(label, statements) for label, statements in args.statements.items()}
        managed = {label: self._attach(label, policy) for label, policy in (args.managed or {}).items()}
        for label, account in args.bound.items():
            self._bind(label, account)

        self.policies = {**inline, **managed}
        self.register_outputs({"roles": sorted(self.policies)})

    def _allow(self, label: str, statements: Sequence[Statement]) -> iam.RolePolicy:
        return iam.RolePolicy(
            self._args.keep.logical("role", label),
            name=label,
            role=self._args.identity.roles[label].name,
            policy=document(*statements),
            opts=self._child,
        )

    def _attach(self, label: str, policy: str) -> iam.RolePolicyAttachment:
        keep = self._args.keep
        return iam.RolePolicyAttachment(
            keep.logical("role", label),
            role=self._args.identity.roles[label].name,
            policy_arn=aws_policy_arn(policy, keep.region),
            opts=self._child,
        )

    def _bind(self, label: str, account: ServiceAccount) -> None:
        keep = self._args.keep
        eks.PodIdentityAssociation(
            keep.logical("role", label),
            cluster_name=self._args.cluster_name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=self._args.identity.roles[label].arn,
            tags=keep.tags(DataClass.CONFIG),
            opts=self._child,
        )
