"""The control plane's logs show what was asked of the cluster, and by whom."""

from policies.conditions import Expectation, contains
from policies.rule import Requirement, Severity, logging_rule
from policies.rules._types import CLUSTER
from policies.rules.logging._common import RECORDED

ALL_KINDS = contains("api", "audit", "authenticator", "controllerManager", "scheduler")

RULE = logging_rule(
    id="log-control-plane",
    title="The cluster's control plane logs all five kinds",
    severity=Severity.HIGH,
    requirement=Requirement.AUDIT,
    why="Opening a shell in a pod with code shows in the audit log and nowhere else.",
    remedy="use components.compute.cluster, or set enabledClusterLogTypes to all five",
    frameworks={**RECORDED, "CIS EKS": ("2.1.1",)},
    expects={CLUSTER: (Expectation("enabledClusterLogTypes", ALL_KINDS),)},
)
