"""A prefix list is a set of addresses under another name: what it holds decides, not that it has a name."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS, public_ranges
from policies.rules.network._openings import openings, types_of

LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"

RULE = Rule(
    id="prefix-lists",
    title="Prefix lists that security groups admit hold private ranges only",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(*types_of("ingress"), LIST, ENTRY),
    requirement=Requirement.ISOLATION,
    why="An entry added to a list opens every group that names the list, and no group shows it.",
    remedy="admit a security group, or declare the list and its private ranges in the same program",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def lists_are_private(node: Node, case: Case) -> Iterator[Finding]:
    """Ways out need no judging here: where a list leads is for the routes, whose tables other rules close."""
    if node.type in (LIST, ENTRY):
        yield from RULE.each(
            node,
            "entries[*].cidr" if node.type == LIST else "cidr",
            lambda found: public_ranges(RULE, node, found, "a keep's own prefix lists hold private ranges"),
        )
        return
    for opening in openings(node, "ingress"):
        for found in opening.prefix_lists:
            holder = found.path.split("[")[0].split(".")[0]
            if not case.graph.references(node, holder, LIST):
                yield RULE.undecided(node, found.path, "the program does not declare the list, so its ranges are open")
