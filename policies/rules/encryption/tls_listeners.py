"""A listener is where code enters: what it accepts is what anybody may send."""

import re
from collections.abc import Iterator

from policies.conditions import Condition, Expectation, matches
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule

LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
PLAIN_PORTS = frozenset({80, 3000, 8000, 8080, 8888})
NO_PLAIN_PORT = Condition(lambda port: int(port) not in PLAIN_PORTS, "is a port of plain HTTP")
MODERN_DOMAIN = matches(re.compile(r"(TLS_1_2|TLS_1_3|SecurityPolicy_TLS1[23])"), "must be TLS_1_2 or later")
MODERN = matches(
    re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)"), "must refuse what is older than TLS 1.2"
)
ENCRYPTED = Condition(lambda value: str(value).upper() in ("HTTPS", "SSL"), "must be https or ssl")

RULE = encryption_rule(
    id="tls-listeners",
    title="Listeners use TLS 1.2 or later, and plain HTTP only to redirect",
    severity=Severity.CRITICAL,
    applies_to=(
        *LISTENERS,
        "aws:elb/loadBalancer:LoadBalancer",
        "aws:apigateway/domainName:DomainName",
        "aws:apigatewayv2/domainName:DomainName",
    ),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="The requests of developers are their code; one plain listener is enough to read them on the way.",
    remedy="use components.network.entry, or protocol TLS or HTTPS with an ELBSecurityPolicy-TLS13-1-2 policy",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    expects={
        "aws:elb/loadBalancer:LoadBalancer": (Expectation("listeners[*].lbProtocol", ENCRYPTED),),
        "aws:apigateway/domainName:DomainName": (Expectation("securityPolicy", MODERN_DOMAIN),),
        "aws:apigatewayv2/domainName:DomainName": (
            Expectation("domainNameConfiguration.securityPolicy", MODERN_DOMAIN),
        ),
    },
)


@RULE.check
def listens_with_tls(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in LISTENERS:
        yield from RULE.each(node, "protocol", lambda found: _protocol(node, str(found.value)))


def _protocol(node: Node, protocol: str) -> Iterator[Finding]:
    if protocol in ("HTTPS", "TLS"):
        yield from RULE.require(node, "sslPolicy", MODERN)
    elif protocol == "HTTP":
        yield from _redirects(node)
    elif protocol == "TCP":  # forwards the target's protocol, which the rule tls-targets judges
        yield from RULE.require(node, "port", NO_PLAIN_PORT, optional=True)
    elif protocol != "GENEVE":
        yield RULE.violation(node, "protocol", f"got {protocol!r}, which has no TLS: must be TLS, HTTPS or TCP")


def _redirects(node: Node) -> Iterator[Finding]:
    """A redirect keeps the protocol of the request unless it names another."""
    targets = list(read(node.inputs, "defaultActions[*].redirect.protocol"))
    if any(not found.known for found in targets):
        yield RULE.undecided(node, "defaultActions")
    elif not targets or any(found.value is MISSING or found.value != "HTTPS" for found in targets):
        yield RULE.violation(node, "protocol", "got 'HTTP': must be HTTPS, or redirect to it")
