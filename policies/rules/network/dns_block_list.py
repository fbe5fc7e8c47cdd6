"""A DNS firewall that blocks only known bad names passes whatever somebody registers today."""

from collections.abc import Iterator, Sequence

from policies.conditions import Expectation, equals, one_of
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
ENTRY = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
LABELS_MIN = 2  # behind a wildcard: *.example.com, never *.com

RULE = network_rule(
    id="dns-block-list",
    title="The last rule of every DNS firewall blocks all names that none before it allows",
    severity=Severity.HIGH,
    applies_to=(GROUP, ENTRY),
    requirement=Requirement.ISOLATION,
    why="Secrets leave in the labels of names; a list of allowed names is the only list that ends.",
    remedy="end the group with a BLOCK of `*`, as components.network.dns_firewall does",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
    scope=Scope.STACK,
    expects={ENTRY: (Expectation("action", one_of("ALLOW", "BLOCK").because("an ALERT lets the query pass")),)},
)


@RULE.check
def ends_with_a_block_of_all(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == GROUP:
        yield from _last(node, case)
    elif node.inputs.get("action") != "BLOCK":
        yield from _allowed(node, case)


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
    yield from RULE.require(last, "action", equals("BLOCK").because("it is the last rule"))
    domains = _domains(last, case)
    if domains is None:
        yield RULE.undecided(last, "firewallDomainListId", "the program does not declare the domain list")
    elif "*" not in domains:
        yield RULE.violation(last, "firewallDomainListId", "the last rule's list must contain `*`")


def _allowed(node: Node, case: Case) -> Iterator[Finding]:
    domains = _domains(node, case)
    if domains is None:
        yield RULE.undecided(node, "firewallDomainListId", "the program does not declare the domain list")
        return
    for domain in map(str, domains):
        labels = [label for label in domain.rstrip(".").split(".") if label != "*"]
        if domain.startswith("*") and len(labels) < LABELS_MIN:
            yield RULE.violation(node, "firewallDomainListId", f"allows {domain}, which is no list of known names")


def _domains(node: Node, case: Case) -> Sequence[object] | None:
    lists = case.graph.references(node, "firewallDomainListId", DOMAINS)
    found = [each for listed in lists for each in read(listed.inputs, "domains[*]")]
    if not lists or not all(each.known for each in found):
        return None
    return [each.value for each in found if each.value is not MISSING]
