"""A group that admits public addresses stands open as soon as anything in it has a way in."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Break, Case, Family, Finding, Guard, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS, public_ranges
from policies.rules.network._openings import GROUP, INGRESS_RULE, openings, types_of
from policies.rules.network._openings import RULE as GROUP_RULE

RULE = Rule(
    id="open-ingress",
    title="No security group admits public addresses",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=types_of("ingress"),
    requirement=Requirement.ISOLATION,
    why="Developers come in by PrivateLink; nothing with a public address has business in a keep.",
    remedy="admit a security group, or a range of the keep's own network (components.network.security_group_rules)",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.2", "5.3")},
    guards=(
        Guard(
            type=INGRESS_RULE, path="cidrIpv4", breaks=(Break.WIDEN,), values=("0.0.0.0/0", "0.0.0.0/1", "8.8.8.0/24")
        ),
        Guard(type=INGRESS_RULE, path="cidrIpv6", values=("::/0",)),
        Guard(
            type=GROUP,
            path="ingress",
            values=(
                [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}],
                [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "ipv6CidrBlocks": ["::/0"]}],
            ),
        ),
        Guard(
            type=GROUP_RULE,
            add=({"type": "ingress", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},),
        ),
    ),
)


@RULE.check
def admits_private_addresses_only(node: Node, _: Case) -> Iterator[Finding]:
    for opening in openings(node, "ingress"):
        if not opening.known:
            yield RULE.undecided(node, opening.at)
            continue
        for found in opening.addresses:
            yield from public_ranges(RULE, node, found, "only private ranges may come in")
