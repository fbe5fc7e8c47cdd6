"""What runs in `default` or in the cluster's own namespaces runs outside everything a keep's namespace enforces."""

from collections.abc import Iterator

from policies.conditions import none_of
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import provider_namespace
from policies.rules.kubernetes._pods import WORKLOADS

RESERVED = ("default", "kube-system", "kube-public", "kube-node-lease")

RULE = kubernetes_rule(
    id="workload-namespace",
    title="Every workload lives in a namespace made for it",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Pod security, quotas and network policies apply by namespace: default has none, kube-system is exempt.",
    remedy="set metadata.namespace to the keep's own",
    frameworks=frameworks(iso="A.8.22"),
)


@RULE.check
def has_its_own_namespace(node: Node, case: Case) -> Iterator[Finding]:
    default_is_fine = provider_namespace(node, case.graph) not in RESERVED
    yield from RULE.require(node, "metadata.namespace", none_of(*RESERVED), optional=default_is_fine)
