"""The firewall's list of domains must be the agreed egress."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation
from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

SOURCE = "ruleGroup.rulesSource"
NO_PASS = Condition(lambda action: str(action).lower() not in ("pass", "aws:pass"), "goes past the list of domains")
NO_PASS_RULE = Condition(
    lambda text: not any(line.split()[:1] == ["pass"] for line in str(text).splitlines()),
    "a pass rule goes past the list of domains",
)
ALLOW_LIST = Condition(lambda kind: "ALLOWLIST" in str(kind), "must be ALLOWLIST: what is not denied would pass")

RULE = network_rule(
    id="firewall-domains",
    title="The network firewall passes the domains of the spec, and nothing else",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="Each name on the list is a place where code may be sent.",
    remedy="name the domain in network.egress.domains of the spec; components.network.egress writes the list from it",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
    expects={
        "aws:networkfirewall/ruleGroup:RuleGroup": (
            Expectation(f"{SOURCE}.rulesString", NO_PASS_RULE, optional=True),
            Expectation("rules", NO_PASS_RULE, optional=True),
            Expectation(f"{SOURCE}.statefulRules[*].action", NO_PASS, optional=True),
            Expectation(
                f"{SOURCE}.statelessRulesAndCustomActions.statelessRules[*].ruleDefinition.actions[*]",
                NO_PASS,
                optional=True,
            ),
        )
    },
)


@RULE.check
def passes_what_is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    names = f"{SOURCE}.rulesSourceList.targets[*]"
    found = [each for each in read(node.inputs, names) if each.value is not MISSING]
    if not found:
        return
    yield from RULE.require(node, f"{SOURCE}.rulesSourceList.generatedRulesType", ALLOW_LIST)
    if case.facts.egress not in ("none", "allow-list"):
        yield RULE.undecided(node, names, "no spec says which egress is agreed")
        return
    for each in found:
        yield from RULE.decide(node, each, lambda target: _target(node, target, case))


def _target(node: Node, found: Found, case: Case) -> Iterator[Finding]:
    """The firewall writes `.example.com` where the spec has `*.example.com`."""
    target = str(found.value)
    if (f"*{target}" if target.startswith(".") else target) not in case.facts.egress_domains:
        agreed = ", ".join(sorted(case.facts.egress_domains)) or "none"
        yield RULE.violation(node, found.path, f"passes {target}; agreed are {agreed}")
