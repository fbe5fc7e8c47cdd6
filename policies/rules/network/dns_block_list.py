"""A DNS firewall that only blocks what is known to be bad lets pass whatever somebody registers today."""

from collections.abc import Iterator, Sequence

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS

GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
ENTRY = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
ACTIONS = ("ALLOW", "BLOCK")
LABELS_MIN = 2  # what a wildcard must stand before: *.example.com, never *.com

RULE = Rule(
    id="dns-block-list",
    title="The last rule of every DNS firewall blocks all names that none before it allows",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(GROUP, ENTRY),
    requirement=Requirement.ISOLATION,
    why="Secrets leave in the labels of names; a list of allowed names is the only list that ends.",
    remedy="end the group with a BLOCK of `*`, as components.network.dns_firewall does",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
    scope=Scope.STACK,
)


@RULE.check
def ends_with_a_block_of_all(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == GROUP:
        yield from _last(node, case)
        return
    yield from RULE.require(node, "action", lambda action: action in ACTIONS, "must be ALLOW or BLOCK: an ALERT passes")
    if node.inputs.get("action") != "BLOCK":
        yield from _passed(node, case)


def _last(node: Node, case: Case) -> Iterator[Finding]:
    entries = case.graph.referrers(node, "firewallRuleGroupId", ENTRY)
    if not entries:
        yield RULE.violation(node, "", "has no rules, so it blocks nothing")
        return
    unknown = [entry for entry in entries if not isinstance(entry.inputs.get("priority"), int)]
    if unknown:
        yield RULE.undecided(unknown[0], "priority")
        return
    last = max(entries, key=lambda entry: int(entry.inputs["priority"]))
    yield from RULE.require(last, "action", lambda action: action == "BLOCK", "the last rule must be BLOCK")
    domains = _domains(last, case)
    if domains is None:
        yield RULE.undecided(last, "firewallDomainListId", "the program does not declare the domain list")
    elif "*" not in domains:
        yield RULE.violation(last, "firewallDomainListId", "the last rule's list must hold `*`")


def _passed(node: Node, case: Case) -> Iterator[Finding]:
    domains = _domains(node, case)
    if domains is None:
        yield RULE.undecided(node, "firewallDomainListId", "the program does not declare the domain list")
        return
    for domain in domains:
        labels = [label for label in str(domain).rstrip(".").split(".") if label != "*"]
        if str(domain).startswith("*") and len(labels) < LABELS_MIN:
            yield RULE.violation(node, "firewallDomainListId", f"passes {domain}, which is no list of known names")


def _domains(node: Node, case: Case) -> Sequence[object] | None:
    lists = case.graph.references(node, "firewallDomainListId", DOMAINS)
    found = [each for listed in lists for each in read(listed.inputs, "domains[*]")]
    if not lists or not all(each.known for each in found):
        return None
    return [each.value for each in found if each.value is not MISSING]
