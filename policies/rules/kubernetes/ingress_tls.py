"""Code on its way through a cluster is code on a wire."""

import json
from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, Found, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import keyed
from policies.rules.kubernetes._pods import decided

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ANNOTATIONS = "metadata.annotations"
SCHEME = "alb.ingress.kubernetes.io/scheme"
PORTS = "alb.ingress.kubernetes.io/listen-ports"
PLAIN = ("HTTP", "TCP", "UDP")

RULE = Rule(
    id="ingress-tls",
    title="Ingresses and gateways take TLS only, inside the network",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=(INGRESS, GATEWAY),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="Prompts, answers and code pass an ingress; on plain HTTP whoever sees the wire reads them.",
    remedy="set spec.tls and the internal scheme, and listen on HTTPS only",
    frameworks=frameworks(soc2="CC6.7", iso="A.8.24"),
)


@RULE.check
def encrypted(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == GATEWAY:
        for protocol in read(node.inputs, "spec.listeners[*].protocol"):
            yield from decided(RULE, node, protocol, protocol.value not in PLAIN, "must be HTTPS or TLS")
        return
    tls = Found("spec.tls", first(node.inputs, "spec.tls"))
    yield from decided(RULE, node, tls, bool(tls.value), "must name the hosts served by TLS")
    scheme = keyed(node, ANNOTATIONS, SCHEME)
    yield from decided(RULE, node, scheme, scheme.value in (MISSING, "internal"), "must be internal")
    ports = keyed(node, ANNOTATIONS, PORTS)
    yield from decided(RULE, node, ports, ports.value is MISSING or not _plain(ports.value), "must hold HTTPS only")


def _plain(ports: object) -> bool:
    """Whether a listen-ports annotation opens a plain port, or cannot be read."""
    try:
        listeners = json.loads(str(ports))
        return any("HTTP" in listener for listener in listeners)
    except (ValueError, TypeError):
        return True
