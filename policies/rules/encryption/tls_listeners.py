"""A listener is where code enters: what it accepts is what anybody may send."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

LISTENER = "aws:lb/listener:Listener"
LISTENERS = (LISTENER, "aws:alb/listener:Listener")
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
API_DOMAIN, HTTP_API_DOMAIN = "aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName"
DOMAIN_POLICIES = {API_DOMAIN: "securityPolicy", HTTP_API_DOMAIN: "domainNameConfiguration.securityPolicy"}
PLAIN_PORTS = frozenset({80, 3000, 8000, 8080, 8888})
TERMINATING = ("HTTPS", "TLS")
MODERN = re.compile(r"^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)")
MODERN_DOMAIN = re.compile(r"^(TLS_1_2|TLS_1_3|SecurityPolicy_TLS1[23])")

RULE = Rule(
    id="tls-listeners",
    title="Listeners speak TLS 1.2 or later, and plain HTTP only to redirect",
    severity=Severity.CRITICAL,
    family=Family.ENCRYPTION,
    applies_to=(*LISTENERS, CLASSIC, *DOMAIN_POLICIES),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="The requests of developers are their code; one plain listener is enough to read them on the way.",
    remedy="use components.network.entry, or protocol TLS or HTTPS with an ELBSecurityPolicy-TLS13-1-2 policy",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
)


@RULE.check
def speaks_tls(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in LISTENERS:
        yield from RULE.each(node, "protocol", lambda found: _protocol(node, str(found.value)))
    elif node.type == CLASSIC:
        yield from RULE.require(
            node,
            "listeners[*].lbProtocol",
            lambda value: str(value).upper() in ("HTTPS", "SSL"),
            "must be https or ssl",
        )
    else:
        yield from RULE.require(
            node, DOMAIN_POLICIES[node.type], lambda value: bool(MODERN_DOMAIN.match(value)), "must be TLS_1_2 or later"
        )


def _protocol(node: Node, protocol: str) -> Iterator[Finding]:
    if protocol in TERMINATING:
        yield from RULE.require(
            node, "sslPolicy", lambda value: bool(MODERN.match(value)), "must refuse what is older than TLS 1.2"
        )
    elif protocol == "HTTP":
        yield from _redirects(node)
    elif protocol == "TCP":  # passes on what the target speaks, which its target group says
        yield from RULE.require(
            node, "port", lambda port: int(port) not in PLAIN_PORTS, "is a port of plain HTTP", optional=True
        )
    elif protocol != "GENEVE":
        yield RULE.violation(node, "protocol", f"got {protocol!r}, which carries no TLS: must be TLS, HTTPS or TCP")


def _redirects(node: Node) -> Iterator[Finding]:
    """The default of a redirect is the protocol it came by."""
    targets = list(read(node.inputs, "defaultActions[*].redirect.protocol"))
    if any(not found.known for found in targets):
        yield RULE.undecided(node, "defaultActions")
    elif not targets or any(found.value is MISSING or found.value != "HTTPS" for found in targets):
        yield RULE.violation(node, "protocol", "got 'HTTP': must be HTTPS, or redirect to it")
