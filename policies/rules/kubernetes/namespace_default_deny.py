"""Without a policy that denies by default, a pod talks to everything, and everything to it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import NETWORK_POLICY, in_namespace, known, namespace_of
from policies.rules.kubernetes._pods import WORKLOADS
from policies.rules.tenancy._tiers import is_platforms_namespace

DIRECTIONS = {"Ingress": "ingress", "Egress": "egress"}

RULE = kubernetes_rule(
    id="namespace-default-deny",
    title="Every namespace with workloads denies traffic by default, both ways",
    severity=Severity.CRITICAL,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="On a cluster that several keeps share, a namespace's policies are the wall between their codes.",
    remedy="put a NetworkPolicy with an empty podSelector, both policyTypes and no rules into the namespace",
    frameworks=frameworks("4.3.2", soc2="CC6.6", iso="A.8.22"),
    scope=Scope.STACK,
)


@RULE.check
def denies_by_default(node: Node, case: Case) -> Iterator[Finding]:
    namespace = namespace_of(node, case.graph)
    if namespace is None:
        yield RULE.undecided(node, "metadata.namespace", "the namespace is not known yet")
        return
    if is_platforms_namespace(namespace[1], case.facts):
        return
    closed = {way for policy in in_namespace(case.graph, namespace, NETWORK_POLICY) for way in _closed(policy)}
    for direction in DIRECTIONS:
        if direction not in closed:
            yield RULE.violation(node, "metadata.namespace", f"{namespace[1]} does not deny {direction} by default")


def _closed(policy: Node) -> Iterator[str]:
    """Directions that the policy closes for every pod of its namespace."""
    selector, types = first(policy.inputs, "spec.podSelector"), first(policy.inputs, "spec.policyTypes")
    if isinstance(selector, dict) and not any(selector.values()) and known(types):
        for direction, rules in DIRECTIONS.items():
            if direction in types and first(policy.inputs, f"spec.{rules}") in (MISSING, [], ()):
                yield direction
