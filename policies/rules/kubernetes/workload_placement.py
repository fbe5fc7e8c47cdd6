"""Where the tier gives a keep nodes of its own, its pods run on those and on no others of the cluster."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.conditions import Condition
from policies.graph import Node
from policies.reading import read
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules._types import NODE_GROUP
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import known
from policies.rules.kubernetes._pods import DAEMON_SET, WORKLOADS, Pod, each_pod

OWN_NODES = ("dedicated", "premium")  # tiers that have nodes of their own
ON_EVERY_NODE = ("kubernetes.io/", "node.kubernetes.io/", "topology.kubernetes.io/", "beta.kubernetes.io/")
"""Prefixes of the labels that Kubernetes puts on every node."""

RULE = kubernetes_rule(
    id="workload-placement",
    title="Pods select the keep's own nodes, and no pod tolerates every taint",
    severity=Severity.HIGH,
    applies_to=WORKLOADS,
    requirement=Requirement.DEDICATED_TENANCY,
    why="The tier promises hardware nobody else uses: a pod that may land anywhere makes that a matter of luck.",
    remedy="select the pool by nodeSelector and tolerate that pool's taints only",
    frameworks=frameworks(iso="A.8.22"),
    scope=Scope.STACK,
)


@RULE.check
def is_placed(node: Node, case: Case) -> Iterator[Finding]:
    yield from each_pod(RULE, node, lambda pod: _judge(pod, case))


def _judge(pod: Pod, case: Case) -> Iterator[Finding]:
    for toleration in read(pod.node.inputs, f"{pod.path}.tolerations[*]"):
        if not toleration.known:
            yield RULE.undecided(pod.node, toleration.path)
        elif isinstance(toleration.value, Mapping) and not toleration.value.get("key"):
            yield RULE.violation(pod.node, toleration.path, "tolerates every taint, those of other pools too")
    if case.facts.tier not in OWN_NODES or pod.node.type == DAEMON_SET:  # a daemon set is meant for every node
        return
    selector = pod.at("nodeSelector")
    pools = [group.inputs.get("labels") for group in case.graph.of_type(NODE_GROUP)]
    if not all(map(known, pools)):
        yield RULE.undecided(pod.node, selector.path)
    else:
        selects_pool = Condition(lambda value: _selects_pool(value, pools), "must select one of the keep's pools")
        yield from RULE.expect(pod.node, selector, selects_pool)


def _selects_pool(selector: Mapping[str, Any], pools: list[Any]) -> bool:
    """Whether the selector names a label of a pool; without pools in the graph, any label that is not every node's."""
    wanted = {key: value for key, value in selector.items() if not key.startswith(ON_EVERY_NODE)}
    return bool(wanted) and (not pools or any(wanted.items() <= (labels or {}).items() for labels in pools))
