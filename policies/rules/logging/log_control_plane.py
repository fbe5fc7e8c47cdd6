"""What was asked of the cluster, by whom, is told by its control plane."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import CLUSTER, RECORDED

KINDS = frozenset({"api", "audit", "authenticator", "controllerManager", "scheduler"})
PATH = "enabledClusterLogTypes"

RULE = Rule(
    id="log-control-plane",
    title="The cluster's control plane logs all five kinds",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(CLUSTER,),
    requirement=Requirement.AUDIT,
    why="Opening a shell in a pod that holds code shows in the audit log and nowhere else.",
    remedy="use components.compute.cluster, or set enabledClusterLogTypes to all five",
    frameworks={**RECORDED, "CIS EKS": ("2.1.1",)},
)


@RULE.check
def logs_all_kinds(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(node, PATH, lambda kinds: set(kinds) >= KINDS, f"must hold {', '.join(sorted(KINDS))}")
