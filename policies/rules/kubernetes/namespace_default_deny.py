"""Without a policy that denies by default a pod talks to everything, and everything to it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import NETWORK_POLICY, in_place, known, place_of
from policies.rules.kubernetes._pods import WORKLOADS

DIRECTIONS = {"Ingress": "ingress", "Egress": "egress"}

RULE = Rule(
    id="namespace-default-deny",
    title="Every namespace with workloads denies traffic by default, both ways",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="On a cluster that several keeps share, a namespace's policies are the wall between their codes.",
    remedy="put a NetworkPolicy with an empty podSelector, both policyTypes and no rules into the namespace",
    frameworks=frameworks("4.3.2", soc2="CC6.6", iso="A.8.22"),
    scope=Scope.STACK,
)


@RULE.check
def denied(node: Node, case: Case) -> Iterator[Finding]:
    place = place_of(node, case.graph)
    if place is None:
        yield RULE.undecided(node, "metadata.namespace", "the namespace is not known yet")
        return
    closed = {direction for policy in in_place(case.graph, place, NETWORK_POLICY) for direction in _closed(policy)}
    for direction in DIRECTIONS:
        if direction not in closed:
            yield RULE.violation(node, "metadata.namespace", f"{place[1]} does not deny {direction} by default")


def _closed(policy: Node) -> Iterator[str]:
    """Directions that the policy closes for every pod of its namespace."""
    selector, types = first(policy.inputs, "spec.podSelector"), first(policy.inputs, "spec.policyTypes")
    everything = isinstance(selector, dict) and not any(selector.values())
    if not everything or not known(types):
        return
    for direction, rules in DIRECTIONS.items():
        if direction in types and first(policy.inputs, f"spec.{rules}") in (MISSING, [], ()):
            yield direction
