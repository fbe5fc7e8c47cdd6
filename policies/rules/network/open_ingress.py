"""A group that admits public addresses stands open as soon as anything in it has a way in."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS, public_ranges
from policies.rules.network._openings import openings, types_of

RULE = Rule(
    id="open-ingress",
    title="No security group admits public addresses",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=types_of("ingress"),
    requirement=Requirement.ISOLATION,
    why="Developers come in by PrivateLink; nothing with a public address has business in a keep.",
    remedy="admit a security group, or a range of the keep's own network (components.network.client_rules)",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.2", "5.3")},
)


@RULE.check
def admits_private_addresses_only(node: Node, _: Case) -> Iterator[Finding]:
    for opening in openings(node, "ingress"):
        if not opening.known:
            yield RULE.undecided(node, opening.at)
            continue
        for found in opening.addresses:
            yield from public_ranges(RULE, node, found, "only private ranges may come in")
