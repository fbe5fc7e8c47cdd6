"""A group that lets out everywhere waits for the first route that leads there."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS, public_range, without_agreement
from policies.rules.network._openings import ADDRESSES, Opening, each_opening, types_of

FIREWALLED_PORTS = (80, 443)  # where the keep's firewall can read the name of the host

RULE = network_rule(
    id="open-egress",
    title="Security groups let out to public addresses only what the agreed egress needs",
    severity=Severity.HIGH,
    applies_to=types_of("egress"),
    requirement=Requirement.ISOLATION,
    why="Without an agreed egress no packet has a public destination; with one, only web ports pass the firewall.",
    remedy="name the security group or private range instead; agree egress in network.egress of the spec",
    frameworks=FRAMEWORKS,
)


@RULE.check
def lets_out_what_is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    def judge(opening: Opening, found: Found) -> Iterator[Finding]:
        return public_range(RULE, node, found, lambda: _public(node, opening, found, case))

    yield from each_opening(RULE, node, "egress", ADDRESSES, judge)


def _public(node: Node, opening: Opening, found: Found, case: Case) -> Iterator[Finding]:
    yield from without_agreement(RULE, node, found.path, case, f"got {found.value}, a public range")
    if case.facts.egress == "allow-list" and not _firewalled(opening):
        ports = " and ".join(map(str, FIREWALLED_PORTS))
        yield RULE.violation(
            node, found.path, f"got {found.value} for more than TCP {ports}, which is all the firewall passes"
        )


def _firewalled(opening: Opening) -> bool:
    first, last = opening.ports
    return opening.protocol == "tcp" and first == last and first in FIREWALLED_PORTS
