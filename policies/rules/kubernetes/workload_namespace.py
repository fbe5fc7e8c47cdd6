"""What runs in `default` or in the cluster's own namespaces runs outside everything a keep's namespace enforces."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import provider_namespace
from policies.rules.kubernetes._pods import WORKLOADS

PATH = "metadata.namespace"
RESERVED = ("default", "kube-system", "kube-public", "kube-node-lease")

RULE = Rule(
    id="workload-namespace",
    title="Every workload lives in a namespace made for it",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Pod security, quotas and network policies hold by namespace: default has none of them, kube-system is exempt.",
    remedy="set metadata.namespace to the keep's own",
    frameworks=frameworks(iso="A.8.22"),
)


@RULE.check
def own_namespace(node: Node, case: Case) -> Iterator[Finding]:
    if first(node.inputs, PATH) is MISSING and provider_namespace(node, case.graph) not in RESERVED:
        return
    allowed = f"must be none of {', '.join(RESERVED)}"
    yield from RULE.require(node, PATH, lambda name: name not in RESERVED, f"{allowed}; the default is default")
