"""Access entries of a cluster: IAM principals with access policies that AWS defines."""

import re
from dataclasses import dataclass
from enum import StrEnum

from components.arns import arn

LABEL_PATTERN = re.compile(r"^[a-z][a-z0-9-]{0,30}$")


class AccessLevel(StrEnum):
    """Access policies of EKS, from the widest to the narrowest. Only the first two can read secrets."""

    CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
    ADMIN = "AmazonEKSAdminPolicy"
    EDIT = "AmazonEKSEditPolicy"
    VIEW = "AmazonEKSViewPolicy"


@dataclass(frozen=True, kw_only=True)
class ClusterAccess:
    """`namespaces` limits the access; without any, it covers the cluster."""

    label: str  # unique in the cluster
    principal_arn: str
    level: AccessLevel = AccessLevel.VIEW
    namespaces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not LABEL_PATTERN.match(self.label):
            raise ValueError(f"label must be 1-31 lower-case letters, digits or hyphens, got {self.label!r}")
        if self.level is AccessLevel.CLUSTER_ADMIN and self.namespaces:
            raise ValueError(f"namespaces must be empty for {self.level.name}; choose ADMIN to narrow it")
        if ":iam::" not in self.principal_arn or self.principal_arn.endswith((":root", "*")):
            raise ValueError(f"principal_arn must name one role or user, got {self.principal_arn!r}")

    def policy_arn(self, region: str) -> str:
        """ARN of the access policy, which belongs to AWS and to no region."""
        return arn("eks", f"cluster-access-policy/{self.level.value}", region=region, account_id="aws", regional=False)
