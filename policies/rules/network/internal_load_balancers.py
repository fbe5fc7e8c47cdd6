"""A load balancer faces the internet unless it is set to be internal."""

from collections.abc import Iterator, Mapping

from policies.conditions import TRUE
from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules._types import BALANCERS, INGRESS, SERVICE
from policies.rules.network._common import FRAMEWORKS

ALL_BALANCERS = (*BALANCERS, "aws:elb/loadBalancer:LoadBalancer")
SCHEMES: Mapping[str, str] = {
    SERVICE: "service.beta.kubernetes.io/aws-load-balancer-scheme",
    INGRESS: "alb.ingress.kubernetes.io/scheme",
}
OLD_INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"

RULE = network_rule(
    id="internal-load-balancers",
    title="Every load balancer is internal",
    severity=Severity.CRITICAL,
    applies_to=(*ALL_BALANCERS, SERVICE, INGRESS),
    requirement=Requirement.ISOLATION,
    why="The keep's one entry is its endpoint service; a balancer with a public address is another.",
    remedy="set internal=True (in Kubernetes the scheme annotation `internal`), as components.network.entry does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def is_internal(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in ALL_BALANCERS:
        if first(node.inputs, "loadBalancerType") != "gateway":  # which has no addresses of its own
            yield from RULE.require(node, "internal", TRUE)
    elif node.type == INGRESS or first(node.inputs, "spec.type") == "LoadBalancer":
        yield from _scheme(node)
    elif first(node.inputs, "spec.type") is UNKNOWN and any(_scheme(node)):
        yield RULE.undecided(node, "spec.type")


def _scheme(node: Node) -> Iterator[Finding]:
    """A Service must say that it is internal; an Ingress may be served from inside, so only another scheme is wrong."""
    path = "metadata.annotations"
    annotations = first(node.inputs, path)
    if annotations is not MISSING and not isinstance(annotations, Mapping):
        yield RULE.undecided(node, path)
        return
    given: Mapping[str, object] = annotations if isinstance(annotations, Mapping) else {}
    scheme = given.get(SCHEMES[node.type])
    if scheme is UNKNOWN:
        yield RULE.undecided(node, path)
    elif scheme is not None and scheme != "internal":
        yield RULE.violation(node, path, f"got the scheme {scheme!r}: must be internal")
    elif scheme is None and node.type == SERVICE and given.get(OLD_INTERNAL) != "true":
        yield RULE.violation(node, path, f"must set {SCHEMES[SERVICE]} to internal")
