"""A group that admits public addresses is open as soon as a route leads in."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS, private_only
from policies.rules.network._openings import ADDRESSES, each_opening, types_of

RULE = network_rule(
    id="open-ingress",
    title="No security group admits public addresses",
    severity=Severity.CRITICAL,
    applies_to=types_of("ingress"),
    requirement=Requirement.ISOLATION,
    why="Developers come in by PrivateLink; nothing with a public address has business in a keep.",
    remedy="admit a security group, or a range of the keep's own network (components.network.security_group_rules)",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.2", "5.3")},
)


@RULE.check
def admits_private_addresses_only(node: Node, _: Case) -> Iterator[Finding]:
    message = "only private ranges may come in"
    yield from each_opening(RULE, node, "ingress", ADDRESSES, lambda _, found: private_only(RULE, node, found, message))
