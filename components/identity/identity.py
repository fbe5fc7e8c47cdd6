"""One IAM role per workload, assumed by its pods alone, bounded; what each may do follows where resources are known.

Roles come first and permissions after: buckets, secrets and the search domain name the roles in their own policies, and
the roles' policies name those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks, iam

from components.arns import arn
from components.iam_policy import Conditions, Statement, document, trust
from components.identity.workload import ServiceAccount
from components.naming import DataClass, Keep

POD_IDENTITY = "pods.eks.amazonaws.com"
ASSUME = ("sts:AssumeRole", "sts:TagSession")
SESSION_SECONDS = 3_600
ROLE_NAME_MAX = 64


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """`accounts` holds, by label, whose pods get a role; `cluster_arn` is the cluster they run in."""

    keep: Keep
    cluster_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    accounts: Mapping[str, ServiceAccount]

    def __post_init__(self) -> None:
        if not self.accounts:
            raise ValueError("accounts must hold at least one service account")
        for label in self.accounts:
            if len(name := self.keep.physical(label)) > ROLE_NAME_MAX:
                raise ValueError(f"role name {name!r} is longer than {ROLE_NAME_MAX} characters; shorten the label")


class Identity(pulumi.ComponentResource):
    """The roles, not yet allowed anything."""

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
            assume_role_policy=trust(POD_IDENTITY, actions=ASSUME, conditions=pod_of(keep, args.cluster_arn, account)),
            permissions_boundary=args.boundary_arn,
            max_session_duration=SESSION_SECONDS,
            tags=keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self),
        )


def pod_of(keep: Keep, cluster_arn: pulumi.Input[str], account: ServiceAccount) -> Conditions:
    """The session is for a pod of this account, in this namespace, of this cluster."""
    return {
        "StringEquals": {
            "aws:SourceAccount": keep.account_id,
            "aws:RequestTag/kubernetes-namespace": account.namespace,
            "aws:RequestTag/kubernetes-service-account": account.name,
        },
        "ArnEquals": {"aws:SourceArn": cluster_arn},
    }


@dataclass(frozen=True, kw_only=True)
class PermissionsArgs:
    """`statements` and `managed` hold, by label, what each role may; `bound` are accounts no add-on binds itself."""

    keep: Keep
    identity: Identity
    cluster_name: pulumi.Input[str]
    statements: Mapping[str, Sequence[Statement]]
    bound: Mapping[str, ServiceAccount]
    managed: Mapping[str, str] | None = None  # label -> name of AWS's own policy

    def __post_init__(self) -> None:
        known = self.identity.roles.keys()
        if strange := sorted({*self.statements, *self.bound, *(self.managed or {})} - known):
            raise ValueError(f"no role for {', '.join(strange)} (there are: {', '.join(sorted(known))})")


class Permissions(pulumi.ComponentResource):
    """Policies on the roles, and the associations that hand roles to pods."""

    policies: Mapping[str, pulumi.Resource]  # by label; depend on one before starting what needs it

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
            policy_arn=arn("iam", f"policy/{policy}", region=keep.region, account_id="aws", regional=False),
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
