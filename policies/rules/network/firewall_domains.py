"""The firewall's list of names is the agreed egress, written down a second time."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

GROUP = "aws:networkfirewall/ruleGroup:RuleGroup"
SOURCE = "ruleGroup.rulesSource"
PASSES = ("pass", "aws:pass")

RULE = Rule(
    id="firewall-domains",
    title="The network firewall passes the domains of the spec, and nothing besides",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(GROUP,),
    requirement=Requirement.ISOLATION,
    why="Each name on the list is a place where code may be sent.",
    remedy="name the domain in network.egress.domains of the spec; components.network.egress writes the list from it",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
)


@RULE.check
def passes_what_is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    yield from _list(node, case)
    for path in (f"{SOURCE}.rulesString", "rules"):
        yield from RULE.require(node, path, _passes_nothing, "a pass rule goes past the list of domains", optional=True)
    for path in (
        f"{SOURCE}.statefulRules[*].action",
        f"{SOURCE}.statelessRulesAndCustomActions.statelessRules[*].ruleDefinition.actions[*]",
    ):
        yield from RULE.require(
            node, path, lambda action: str(action).lower() not in PASSES, "goes past the list of domains", optional=True
        )


def _list(node: Node, case: Case) -> Iterator[Finding]:
    names = f"{SOURCE}.rulesSourceList.targets[*]"
    found = [each for each in read(node.inputs, names) if each.value is not MISSING]
    if not found:
        return
    yield from RULE.require(
        node,
        f"{SOURCE}.rulesSourceList.generatedRulesType",
        lambda kind: "ALLOWLIST" in str(kind),
        "must be ALLOWLIST: what is not denied would pass",
    )
    if case.facts.egress not in ("none", "allow-list"):
        yield RULE.undecided(node, names, "no spec says which egress is agreed")
        return
    for each in found:
        yield from _target(node, each, case)


def _target(node: Node, found: Found, case: Case) -> Iterator[Finding]:
    """The firewall writes `.example.com` where the spec has `*.example.com`."""
    if not found.known:
        yield RULE.undecided(node, found.path)
        return
    target = str(found.value)
    written = f"*{target}" if target.startswith(".") else target
    if written not in case.facts.egress_domains:
        agreed = ", ".join(sorted(case.facts.egress_domains)) or "none"
        yield RULE.violation(node, found.path, f"passes {target}; agreed are {agreed}")


def _passes_nothing(text: object) -> bool:
    return not any(line.split()[:1] == ["pass"] for line in str(text).splitlines())
