"""Requests that pass an ingress contain code."""

import json
from collections.abc import Iterator

from policies.conditions import Condition, Expectation, equals, names, none_of
from policies.graph import Node
from policies.reading import Found, first
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules._types import INGRESS
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import entry

GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ANNOTATIONS = ("scheme", "listen-ports")


def _https_only(ports: object) -> bool:
    """Whether a listen-ports annotation opens no plain port; one that cannot be read does not pass."""
    try:
        return not any("HTTP" in listener for listener in json.loads(str(ports)))
    except (ValueError, TypeError):
        return False


HTTPS_ONLY = Condition(_https_only, "must contain HTTPS only")

RULE = kubernetes_rule(
    id="ingress-tls",
    title="Ingresses and gateways take TLS only, inside the network",
    severity=Severity.HIGH,
    applies_to=(INGRESS, GATEWAY),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="Prompts, answers and code pass an ingress; on plain HTTP whoever sees the wire reads them.",
    remedy="set spec.tls and the internal scheme, and listen on HTTPS only",
    frameworks=frameworks(soc2="CC6.7", iso="A.8.24"),
    expects={GATEWAY: (Expectation("spec.listeners[*].protocol", none_of("HTTP", "TCP", "UDP"), optional=True),)},
)


@RULE.check
def internal_https(node: Node, _: Case) -> Iterator[Finding]:
    if node.type != INGRESS:
        return
    tls = Found("spec.tls", first(node.inputs, "spec.tls"))
    scheme, ports = (entry(node, "metadata.annotations", f"alb.ingress.kubernetes.io/{name}") for name in ANNOTATIONS)
    yield from RULE.expect(node, tls, names("the hosts served by TLS"))
    yield from RULE.expect(node, scheme, equals("internal"), optional=True)
    yield from RULE.expect(node, ports, HTTPS_ONLY, optional=True)
