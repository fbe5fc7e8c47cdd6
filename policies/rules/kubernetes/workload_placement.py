"""Where the tier gives a keep nodes of its own, its pods run on those and on no other that the cluster may have."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.facts import Facts
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import known
from policies.rules.kubernetes._pods import DAEMON_SET, WORKLOADS, Pod, decided, each_pod

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
OWN_NODES = ("dedicated", "premium")  # tiers that have nodes of their own


def _own_nodes(facts: Facts) -> bool:
    return facts.tier in OWN_NODES


RULE = Rule(
    id="workload-placement",
    title="Pods select the keep's own nodes, and no pod tolerates every taint",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.DEDICATED_TENANCY,
    why="The tier promises hardware nobody else uses: a pod that may land anywhere makes that a matter of luck.",
    remedy="select the pool by nodeSelector and tolerate that pool's taints only",
    frameworks=frameworks(iso="A.8.22"),
    scope=Scope.STACK,
)


@RULE.check
def placed(node: Node, case: Case) -> Iterator[Finding]:
    yield from each_pod(RULE, node, lambda pod: _judge(pod, case))


def _judge(pod: Pod, case: Case) -> Iterator[Finding]:
    for toleration in read(pod.node.inputs, f"{pod.path}.tolerations[*]"):
        if isinstance(toleration.value, Mapping) and not toleration.value.get("key"):
            yield RULE.violation(pod.node, toleration.path, "tolerates every taint, those of other pools too")
    if not _own_nodes(case.facts) or pod.node.type == DAEMON_SET:  # a daemon set is meant for every node there is
        return
    selector = pod.at("nodeSelector")
    pools = [group.inputs.get("labels") for group in case.graph.of_type(NODE_GROUP)]
    if not selector.known or not all(known(labels) for labels in pools):
        yield RULE.undecided(pod.node, selector.path)
        return
    yield from decided(
        RULE, pod.node, selector, _selects_pool(selector.value, pools), "must select one of the keep's pools"
    )


def _selects_pool(selector: Any, pools: list[Any]) -> bool:
    """Whether the selector names a label of a pool; without pools in the graph, any label that is not every node's."""
    wanted = {} if selector is MISSING else {key: value for key, value in selector.items() if not _common(key)}
    if not wanted:
        return False
    return not pools or any(wanted.items() <= (labels or {}).items() for labels in pools)


def _common(label: str) -> bool:
    """Labels that Kubernetes puts on every node."""
    return label.startswith(("kubernetes.io/", "node.kubernetes.io/", "topology.kubernetes.io/", "beta.kubernetes.io/"))
