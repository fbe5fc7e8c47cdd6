"""Behind the listener the code travels on, to the machine that answers."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

GROUP = "aws:lb/targetGroup:TargetGroup"
PLAIN_PORTS = frozenset({80, 3000, 8000, 8080, 8888})
NO_TLS = ("HTTP", "UDP", "TCP_UDP")

RULE = Rule(
    id="tls-targets",
    title="Targets behind a load balancer are spoken to, and probed, over TLS",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(GROUP, "aws:alb/targetGroup:TargetGroup"),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="TLS that ends at the load balancer leaves the last stretch readable; a plain probe proves a plain port.",
    remedy="use components.network.entry, or protocol HTTPS, TLS or TCP with a health check over HTTPS",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
)


@RULE.check
def targets_speak_tls(node: Node, _: Case) -> Iterator[Finding]:
    if node.inputs.get("targetType") == "lambda":
        return  # invoked through AWS's API
    yield from RULE.require(
        node, "protocol", lambda value: value not in NO_TLS, "must be HTTPS, TLS or TCP", optional=True
    )
    yield from RULE.require(
        node, "port", lambda value: int(value) not in PLAIN_PORTS, "is a port of plain HTTP", optional=True
    )
    yield from RULE.require(
        node, "healthCheck.protocol", lambda value: value != "HTTP", "must be HTTPS or TCP", optional=True
    )
