"""A load balancer faces the internet unless it is told to stay inside."""

from collections.abc import Iterator, Mapping

from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BALANCERS = (BALANCER, "aws:alb/loadBalancer:LoadBalancer", "aws:elb/loadBalancer:LoadBalancer")
SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
SCHEMES: Mapping[str, str] = {
    SERVICE: "service.beta.kubernetes.io/aws-load-balancer-scheme",
    INGRESS: "alb.ingress.kubernetes.io/scheme",
}
OLD_INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"

RULE = Rule(
    id="internal-load-balancers",
    title="Every load balancer is internal",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(*BALANCERS, SERVICE, INGRESS),
    requirement=Requirement.ISOLATION,
    why="The keep's one entry is its endpoint service; a balancer with a public address is another.",
    remedy="set internal=True (in Kubernetes the scheme annotation `internal`), as components.network.entry does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def is_internal(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in BALANCERS:
        if first(node.inputs, "loadBalancerType") != "gateway":  # which has no addresses of its own
            yield from RULE.require(node, "internal", lambda value: value is True, "must be true")
        return
    if node.type == SERVICE and first(node.inputs, "spec.type") not in ("LoadBalancer", UNKNOWN):
        return
    yield from _scheme(node)


def _scheme(node: Node) -> Iterator[Finding]:
    """An Ingress may belong to a controller inside, so only a scheme that says so is wrong; a Service must say."""
    path = "metadata.annotations"
    annotations = first(node.inputs, path)
    if annotations is not MISSING and not isinstance(annotations, Mapping):
        yield RULE.undecided(node, path)
        return
    given = annotations if isinstance(annotations, Mapping) else {}
    scheme = given.get(SCHEMES[node.type])
    if scheme is UNKNOWN:
        yield RULE.undecided(node, path)
    elif scheme is not None and scheme != "internal":
        yield RULE.violation(node, path, f"got the scheme {scheme!r}: must be internal")
    elif scheme is None and node.type == SERVICE and given.get(OLD_INTERNAL) != "true":
        yield RULE.violation(node, path, f"must set {SCHEMES[SERVICE]} to internal")
