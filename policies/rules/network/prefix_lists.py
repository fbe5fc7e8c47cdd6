"""A prefix list is a set of addresses under another name: its entries decide."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS, private_only
from policies.rules.network._openings import PREFIX_LISTS, Opening, each_opening, types_of

LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
CIDRS = {LIST: "entries[*].cidr", "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry": "cidr"}

RULE = network_rule(
    id="prefix-lists",
    title="Prefix lists that security groups admit contain private ranges only",
    severity=Severity.HIGH,
    applies_to=(*types_of("ingress"), *CIDRS),
    requirement=Requirement.ISOLATION,
    why="An entry added to a list opens every group that names the list, and no group shows it.",
    remedy="admit a security group, or declare the list and its private ranges in the same program",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def lists_are_private(node: Node, case: Case) -> Iterator[Finding]:
    """Egress needs no judging here: where a list leads is decided by routes, which other rules judge."""

    def declared(_: Opening, found: Found) -> Iterator[Finding]:
        if not case.graph.references(node, found.path.split("[")[0].split(".")[0], LIST):
            yield RULE.undecided(node, found.path, "the program does not declare the list, so its ranges are unknown")

    if node.type in CIDRS:
        message = "a keep's own prefix lists contain private ranges"
        yield from RULE.each(node, CIDRS[node.type], lambda found: private_only(RULE, node, found, message))
    else:
        yield from each_opening(RULE, node, "ingress", PREFIX_LISTS, declared)
