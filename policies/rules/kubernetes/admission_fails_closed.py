"""An admission check that lets pods through when it does not answer is no check."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, Found, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import object_name
from policies.rules.kubernetes._pods import decided

GROUP = "kubernetes:admissionregistration.k8s.io/v1"
WEBHOOKS = (f"{GROUP}:ValidatingWebhookConfiguration", f"{GROUP}:MutatingWebhookConfiguration")
POLICY = f"{GROUP}:ValidatingAdmissionPolicy"
BINDING = f"{GROUP}:ValidatingAdmissionPolicyBinding"

RULE = Rule(
    id="admission-fails-closed",
    title="Admission checks deny what they cannot judge, and every policy is bound",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=(*WEBHOOKS, POLICY, BINDING),
    requirement=Requirement.ISOLATION,
    why="Whoever can make a check fail, by load or by a faulty object, must not thereby get past it.",
    remedy="set failurePolicy: Fail, and bind each policy with validationActions: [Deny]",
    frameworks=frameworks(soc2="CC8.1", iso="A.8.32"),
    scope=Scope.STACK,
)


@RULE.check
def closed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == BINDING:
        actions = Found("spec.validationActions", first(node.inputs, "spec.validationActions"))
        denies = isinstance(actions.value, (list, tuple)) and "Deny" in actions.value
        yield from decided(RULE, node, actions, denies, "must hold Deny")
        return
    path = "webhooks[*].failurePolicy" if node.type in WEBHOOKS else "spec.failurePolicy"
    for policy in read(node.inputs, path):
        yield from decided(RULE, node, policy, policy.value in (MISSING, "Fail"), "must be Fail")
    if node.type == POLICY:
        yield from _bound(node, case)


def _bound(node: Node, case: Case) -> Iterator[Finding]:
    names = [first(binding.inputs, "spec.policyName") for binding in case.graph.of_type(BINDING)]
    if object_name(node) in names:
        return
    if all(isinstance(name, str) for name in names):
        yield RULE.violation(node, "metadata.name", "is bound nowhere, so that it judges nothing")
    else:
        yield RULE.undecided(node, "metadata.name", "the policy that a binding names is not known yet")
