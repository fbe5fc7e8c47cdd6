"""An admission check that admits pods when it does not answer is no check."""

from collections.abc import Iterator

from policies.conditions import Expectation, contains, equals
from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import object_name

GROUP = "kubernetes:admissionregistration.k8s.io/v1"
WEBHOOKS = (f"{GROUP}:ValidatingWebhookConfiguration", f"{GROUP}:MutatingWebhookConfiguration")
POLICY = f"{GROUP}:ValidatingAdmissionPolicy"
BINDING = f"{GROUP}:ValidatingAdmissionPolicyBinding"

RULE = kubernetes_rule(
    id="admission-fails-closed",
    title="Admission checks deny what they cannot judge, and every policy is bound",
    severity=Severity.HIGH,
    requirement=Requirement.ISOLATION,
    why="Whoever can make a check fail, by load or by a faulty object, must not thereby get past it.",
    remedy="set failurePolicy: Fail, and bind each policy with validationActions: [Deny]",
    frameworks=frameworks(soc2="CC8.1", iso="A.8.32"),
    scope=Scope.STACK,
    expects={
        **dict.fromkeys(WEBHOOKS, (Expectation("webhooks[*].failurePolicy", equals("Fail"), optional=True),)),
        POLICY: (Expectation("spec.failurePolicy", equals("Fail"), optional=True),),
        BINDING: (Expectation("spec.validationActions", contains("Deny")),),
    },
)


@RULE.check
def is_bound(node: Node, case: Case) -> Iterator[Finding]:
    names = [first(binding.inputs, "spec.policyName") for binding in case.graph.of_type(BINDING)]
    if node.type != POLICY or object_name(node) in names:
        return
    if all(isinstance(name, str) for name in names):
        yield RULE.violation(node, "metadata.name", "has no binding, so that it judges nothing")
    else:
        yield RULE.undecided(node, "metadata.name", "the policy that a binding names is not known yet")
