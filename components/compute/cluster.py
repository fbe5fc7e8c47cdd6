"""The control plane of a keep's cluster: private, its secrets under the keep's key, everything it does is logged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import eks, iam

from components.arns import aws_policy_arn
from components.compute.cluster_access import AccessLevel, ClusterAccess
from components.compute.cluster_ref import ClusterRef
from components.iam_policy import Statement, document, from_account, trust_policy
from components.naming import DataClass, Keep
from components.observe.log_group import log_group

KUBERNETES_VERSION = "1.34"
VERSION_PATTERN = re.compile(r"^1\.\d{2}$")
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CLUSTER_POLICY = "AmazonEKSClusterPolicy"

# Addresses of services inside the cluster. Pods cannot reach VPC addresses that such a range covers.
SERVICE_RANGES = (IPv4Network("172.20.0.0/16"), IPv4Network("10.100.0.0/16"))

SECRET_KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants")


def api_addresses(vpc_cidr: str, private_cidrs: Sequence[str]) -> list[str]:
    """Where pods reach the API: at its service, the first address of the services' range, and at the interfaces."""
    return [f"{IPv4Network(service_range(vpc_cidr))[1]}/32", *private_cidrs]


def service_range(vpc_cidr: str) -> str:
    """Range of the cluster's services: the first of EKS's two ranges that does not overlap the network.

    Raises:
        ValueError: both overlap, as with a network wider than /8.
    """
    network = IPv4Network(vpc_cidr)
    free = next((each for each in SERVICE_RANGES if not each.overlaps(network)), None)
    if free is None:
        raise ValueError(f"vpc_cidr {vpc_cidr} overlaps both {' and '.join(map(str, SERVICE_RANGES))}; choose another")
    return str(free)


def cluster_name(keep: Keep) -> str:
    """Known before the cluster exists, since role trusts and log groups name it."""
    return keep.physical()


def cluster_arn(keep: Keep) -> str:
    """ARN of the keep's own cluster, known before it exists."""
    return keep.arn("eks", f"cluster/{cluster_name(keep)}")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """`secret_key_arn` encrypts Kubernetes secrets, `audit_key_arn` logs; `vpc_cidr` is the network's range."""

    keep: Keep
    vpc_cidr: pulumi.Input[str]
    subnet_ids: list[pulumi.Output[str]]  # for the control plane's interfaces, in two zones or more
    security_group_id: pulumi.Input[str]
    secret_key_arn: pulumi.Input[str]
    audit_key_arn: pulumi.Input[str]
    log_retention_days: int
    access: tuple[ClusterAccess, ...] = ()  # in addition to the deployer's
    kubernetes_version: str = KUBERNETES_VERSION
    protect: bool = False  # EKS refuses to delete the cluster

    def __post_init__(self) -> None:
        if len(self.subnet_ids) < 2:
            raise ValueError(f"subnet_ids must name subnets of two zones or more, got {len(self.subnet_ids)}")
        if not VERSION_PATTERN.match(self.kubernetes_version):
            raise ValueError(f"kubernetes_version must be like {KUBERNETES_VERSION}, got {self.kubernetes_version!r}")
        labels = [entry.label for entry in self.all_access]
        if len(set(labels)) != len(labels):
            raise ValueError(f"access must have different labels, none of them deployer; got {labels}")

    @property
    def all_access(self) -> tuple[ClusterAccess, ...]:
        """The deployer administers, since it creates namespaces, quotas and operators; nobody else by default."""
        deployer = ClusterAccess(
            label="deployer", principal_arn=self.keep.deployer_role_arn, level=AccessLevel.CLUSTER_ADMIN
        )
        return (deployer, *self.access)


class Cluster(pulumi.ComponentResource):
    """An EKS control plane that only the keep's network can reach, and only principals with an access entry can use."""

    ref: ClusterRef
    entries: Mapping[str, eks.AccessPolicyAssociation]  # by label; what uses the cluster must depend on the deployer's

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:cluster:Cluster", name, None, opts)
        self._name, self._args = name, args

        logs = self._log_group()
        role, permissions = self._role()
        self._cluster = self._control_plane(role, depends_on=[logs, *permissions])
        self.entries = {entry.label: self._admit(entry) for entry in args.all_access}

        self.ref = ClusterRef(
            name=self._cluster.name,
            arn=self._cluster.arn,
            endpoint=self._cluster.endpoint,
            ca=self._cluster.certificate_authority.apply(lambda authority: authority.data or ""),
        )
        self.register_outputs({"name": self.ref.name, "arn": self.ref.arn, "endpoint": self.ref.endpoint})

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _log_group(self) -> pulumi.Resource:
        """Created first: EKS would create its own, unencrypted and without expiry."""
        args = self._args
        return log_group(
            args.keep,
            "cluster",
            key_arn=args.audit_key_arn,
            retention_days=args.log_retention_days,
            data_class=DataClass.AUDIT,
            name=f"/aws/eks/{cluster_name(args.keep)}/cluster",
            opts=self._options(),
        )

    def _role(self) -> tuple[iam.Role, list[pulumi.Resource]]:
        args, keep = self._args, self._args.keep
        role = iam.Role(
            self._name,
            name=keep.physical("cluster"),
            description=f"Control plane of the cluster of {keep.tenant}",
            assume_role_policy=trust_policy("eks.amazonaws.com", conditions=from_account(keep.account_id)),
            tags=keep.tags(DataClass.CONFIG),
            opts=self._options(),
        )
        managed = iam.RolePolicyAttachment(
            self._name,
            role=role.name,
            policy_arn=aws_policy_arn(CLUSTER_POLICY, keep.region),
            opts=self._options(),
        )
        secrets = iam.RolePolicy(
            f"{self._name}-secrets",
            name="secrets",
            role=role.name,
            policy=document(Statement(sid="SecretsKey", actions=SECRET_KEY_ACTIONS, resources=(args.secret_key_arn,))),
            opts=self._options(),
        )
        return role, [managed, secrets]

    def _control_plane(self, role: iam.Role, depends_on: list[pulumi.Resource]) -> eks.Cluster:
        args = self._args
        return eks.Cluster(
            self._name,
            name=cluster_name(args.keep),
            version=args.kubernetes_version,
            role_arn=role.arn,
            vpc_config={
                "subnet_ids": list(args.subnet_ids),
                "security_group_ids": [args.security_group_id],
                "endpoint_private_access": True,
                "endpoint_public_access": False,
            },
            kubernetes_network_config={
                "ip_family": "ipv4",
                "service_ipv4_cidr": pulumi.Output.from_input(args.vpc_cidr).apply(service_range),
            },
            encryption_config={"provider": {"key_arn": args.secret_key_arn}, "resources": ["secrets"]},
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            # addons.py installs pinned add-ons; unmanaged ones would conflict with them.
            bootstrap_self_managed_addons=False,
            enabled_cluster_log_types=list(LOG_TYPES),
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            deletion_protection=args.protect,
            tags=args.keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on, protect=args.protect or None),
        )

    def _admit(self, entry: ClusterAccess) -> eks.AccessPolicyAssociation:
        keep = self._args.keep
        admitted = eks.AccessEntry(
            f"{self._name}-{entry.label}",
            cluster_name=self._cluster.name,
            principal_arn=entry.principal_arn,
            type="STANDARD",
            tags=keep.tags(DataClass.CONFIG),
            opts=self._options(),
        )
        return eks.AccessPolicyAssociation(
            f"{self._name}-{entry.label}",
            cluster_name=self._cluster.name,
            principal_arn=admitted.principal_arn,
            policy_arn=entry.policy_arn(keep.region),
            access_scope={"type": "namespace", "namespaces": list(entry.namespaces)}
            if entry.namespaces
            else {"type": "cluster"},
            opts=self._options(admitted),
        )
