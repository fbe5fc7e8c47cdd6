"""Pods that call AWS: the keep's workloads in its namespace, and the cluster's operators."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from components.naming import Keep

SYSTEM_NAMESPACE: Final = "codekeep-system"
"""Namespace of the cluster's controllers; no keep is named `system`."""


class Workload(StrEnum):
    """The keep's workloads. Each runs under a service account of the same name."""

    GATEWAY = "gateway"
    INGEST = "ingest"
    INDEXER = "indexer"
    REVIEWER = "reviewer"
    FINETUNE = "finetune"
    EVALS = "evals"
    WEBHOOK = "webhook"
    MODEL_SERVER = "model-server"
    TELEMETRY = "telemetry"


class Operator(StrEnum):
    """The cluster's operators: one of each, however many keeps the cluster has."""

    VPC_CNI = "vpc-cni"
    EBS_CSI = "aws-ebs-csi-driver"
    AUTOSCALER = "cluster-autoscaler"
    KEDA = "keda-operator"
    LOAD_BALANCER = "aws-load-balancer-controller"
    INDEX_ADMIN = "index-admin"


@dataclass(frozen=True, kw_only=True)
class ServiceAccount:
    """A Kubernetes service account, from which a pod gets its AWS role."""

    namespace: str
    name: str


OPERATOR_ACCOUNTS: dict[Operator, ServiceAccount] = {
    Operator.VPC_CNI: ServiceAccount(namespace="kube-system", name="aws-node"),
    Operator.EBS_CSI: ServiceAccount(namespace="kube-system", name="ebs-csi-controller-sa"),
    Operator.AUTOSCALER: ServiceAccount(namespace=SYSTEM_NAMESPACE, name="cluster-autoscaler"),
    Operator.KEDA: ServiceAccount(namespace=SYSTEM_NAMESPACE, name="keda-operator"),
    Operator.LOAD_BALANCER: ServiceAccount(namespace=SYSTEM_NAMESPACE, name="aws-load-balancer-controller"),
    Operator.INDEX_ADMIN: ServiceAccount(namespace=SEARCH_NAMESPACE, name="index-admin"),
}

BOUND_BY_ADDON = frozenset({Operator.VPC_CNI, Operator.EBS_CSI})
"""Operators that are EKS add-ons, which bind their service account to their role themselves."""


def workload_account(keep: Keep, workload: Workload) -> ServiceAccount:
    """The workload's service account, in the keep's own namespace: two keeps of one cluster never share one."""
    return ServiceAccount(namespace=keep.namespace, name=workload.value)
