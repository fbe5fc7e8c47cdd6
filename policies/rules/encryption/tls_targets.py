"""A load balancer speaks TLS to its targets too: behind the listener the code travels on."""

from policies.conditions import Expectation, none_of
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules.encryption.tls_listeners import NO_PLAIN_PORT

TARGETS = (
    Expectation("protocol", none_of("HTTP", "UDP", "TCP_UDP"), optional=True),
    Expectation("port", NO_PLAIN_PORT, optional=True),
    Expectation("healthCheck.protocol", none_of("HTTP"), optional=True),
)

RULE = encryption_rule(
    id="tls-targets",
    title="Targets behind a load balancer are spoken to, and probed, over TLS",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="TLS that ends at the load balancer leaves the last stretch readable; a plain probe proves a plain port.",
    remedy="use components.network.entry, or protocol HTTPS, TLS or TCP with a health check over HTTPS",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    expects=dict.fromkeys(("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"), TARGETS),
    exempt=lambda node, _: node.inputs.get("targetType") == "lambda",  # invoked through AWS's API
)
