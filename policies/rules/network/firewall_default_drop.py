"""What the firewall does with traffic that no rule names is what it does with an attacker's."""

from collections.abc import Iterator

from policies.conditions import Expectation, contains_none_of, contains_one_of, equals, one_of
from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
STATELESS = ("statelessDefaultActions", "statelessFragmentDefaultActions")
NO_PASS = contains_none_of("aws:pass")
A_DROP = contains_one_of("aws:drop_strict", "aws:drop_established", "aws:drop_established_app_layer")

RULE = network_rule(
    id="firewall-default-drop",
    title="The network firewall drops what no rule passes",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="With the default order, a firewall passes everything that its rules do not name.",
    remedy="use STRICT_ORDER, drop by default, and forward all packets to the rules, as components.network.egress does",
    frameworks=FRAMEWORKS,
    expects={POLICY: tuple(Expectation(f"firewallPolicy.{name}", NO_PASS) for name in STATELESS)},
)


@RULE.check
def drops_the_rest(node: Node, _: Case) -> Iterator[Finding]:
    if first(node.inputs, "firewallPolicy.statelessDefaultActions") == ["aws:drop"]:
        return  # nothing reaches the stateful rules
    strict = equals("STRICT_ORDER").because("only then is there a default")
    yield from RULE.require(node, "firewallPolicy.statefulEngineOptions.ruleOrder", strict)
    yield from RULE.require(node, "firewallPolicy.statefulDefaultActions", A_DROP)
    exceptions = "firewallPolicy.statefulEngineOptions.streamExceptionPolicy"
    yield from RULE.require(node, exceptions, one_of("DROP", "REJECT"), optional=True)  # the default is DROP
