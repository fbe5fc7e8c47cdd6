"""A Service decides whether something inside the cluster can be reached from outside it."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation, equals, one_of
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules._types import SERVICE
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import entry

BALANCER = "service.beta.kubernetes.io/aws-load-balancer"

RULE = kubernetes_rule(
    id="service-exposure",
    title="Services are reached inside the cluster, or through an internal load balancer",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="A load balancer may come up internet-facing, and a node's port goes around the policies in front of it.",
    remedy="use ClusterIP; developers come in through components.network.entry",
    frameworks=frameworks(soc2="CC6.6", iso="A.8.20"),
    expects={
        SERVICE: (
            Expectation("spec.type", one_of("ClusterIP", "LoadBalancer"), optional=True),
            Expectation("spec.externalIPs", Condition(lambda value: value in ([], ()), "must be empty"), optional=True),
        )
    },
)


@RULE.check
def balancer_is_internal(node: Node, _: Case) -> Iterator[Finding]:
    if first(node.inputs, "spec.type") == "LoadBalancer":
        scheme, legacy = (entry(node, "metadata.annotations", f"{BALANCER}-{name}") for name in ("scheme", "internal"))
        if scheme.value is not MISSING or str(legacy.value).lower() != "true":
            yield from RULE.expect(node, scheme, equals("internal"))
