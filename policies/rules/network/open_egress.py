"""A group that lets out everywhere waits for the first route that leads there."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS, is_public, network_of, without_agreement
from policies.rules.network._openings import Opening, openings, types_of

FIREWALLED_PORTS = (80, 443)  # what the keep's firewall can tell names of

RULE = Rule(
    id="open-egress",
    title="Security groups let out to public addresses only what the agreed egress needs",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=types_of("egress"),
    requirement=Requirement.ISOLATION,
    why="Without an agreed egress no packet has a public destination; with one, only web ports pass the firewall.",
    remedy="name the security group or private range instead; agree egress in network.egress of the spec",
    frameworks=FRAMEWORKS,
)


@RULE.check
def lets_out_what_is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    for opening in openings(node, "egress"):
        if not opening.known:
            yield RULE.undecided(node, opening.at)
            continue
        for found in opening.addresses:
            yield from _destination(node, opening, found, case)


def _destination(node: Node, opening: Opening, found: Found, case: Case) -> Iterator[Finding]:
    network = network_of(found.value)
    if network is None:
        yield RULE.undecided(node, found.path, f"{found.value!r} names no address range that is known yet")
    elif is_public(network):
        yield from without_agreement(RULE, node, found.path, case, f"got {found.value}, a public range")
        if case.facts.egress == "allow-list" and not _firewalled(opening):
            ports = " and ".join(map(str, FIREWALLED_PORTS))
            yield RULE.violation(
                node, found.path, f"got {found.value} for more than TCP {ports}, which is all the firewall passes"
            )


def _firewalled(opening: Opening) -> bool:
    first, last = opening.ports
    return opening.protocol == "tcp" and first == last and first in FIREWALLED_PORTS
