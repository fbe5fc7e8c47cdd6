"""A Service decides whether something inside the cluster can be reached from outside it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, Found, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import keyed
from policies.rules.kubernetes._pods import decided

SERVICE = "kubernetes:core/v1:Service"
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
LEGACY = "service.beta.kubernetes.io/aws-load-balancer-internal"

RULE = Rule(
    id="service-exposure",
    title="Services are reached inside the cluster, or through an internal load balancer",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=(SERVICE,),
    requirement=Requirement.ISOLATION,
    why="A load balancer may come up internet-facing, and a node's port goes round the policies in front of it.",
    remedy="use ClusterIP; developers come in through components.network.entry",
    frameworks=frameworks(soc2="CC6.6", iso="A.8.20"),
)


@RULE.check
def inside(node: Node, _: Case) -> Iterator[Finding]:
    kind = Found("spec.type", first(node.inputs, "spec.type"))
    if kind.value == "LoadBalancer":
        yield from _internal(node)
    else:
        yield from decided(RULE, node, kind, kind.value in (MISSING, "ClusterIP"), "must be ClusterIP")
    addresses = Found("spec.externalIPs", first(node.inputs, "spec.externalIPs"))
    yield from decided(RULE, node, addresses, addresses.value in (MISSING, [], ()), "must hold no address")


def _internal(node: Node) -> Iterator[Finding]:
    scheme, legacy = (keyed(node, "metadata.annotations", name) for name in (SCHEME, LEGACY))
    if scheme.value is MISSING and str(legacy.value).lower() == "true":
        return
    yield from decided(RULE, node, scheme, scheme.value == "internal", "must be internal on a LoadBalancer")
