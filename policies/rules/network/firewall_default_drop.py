"""What the firewall does with traffic that no rule names is what it does with an attacker's."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
STATELESS = ("statelessDefaultActions", "statelessFragmentDefaultActions")
DROPS = ("aws:drop_strict", "aws:drop_established", "aws:drop_established_app_layer")
PASS = "aws:pass"  # noqa: S105 - Network Firewall's word

RULE = Rule(
    id="firewall-default-drop",
    title="The network firewall drops what no rule passes",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(POLICY,),
    requirement=Requirement.ISOLATION,
    why="With the default order, a firewall passes everything that its rules do not name.",
    remedy="use STRICT_ORDER, drop by default, and forward all packets to the rules, as components.network.egress does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def drops_the_rest(node: Node, _: Case) -> Iterator[Finding]:
    for name in STATELESS:
        path = f"firewallPolicy.{name}"
        yield from RULE.require(
            node, path, lambda actions: isinstance(actions, list) and PASS not in actions, f"must not hold {PASS}"
        )
    if first(node.inputs, "firewallPolicy.statelessDefaultActions") == ["aws:drop"]:
        return  # nothing reaches the stateful rules
    yield from RULE.require(
        node,
        "firewallPolicy.statefulEngineOptions.ruleOrder",
        lambda order: order == "STRICT_ORDER",
        "must be STRICT_ORDER: only then is there a default",
    )
    yield from RULE.require(
        node,
        "firewallPolicy.statefulDefaultActions",
        lambda actions: isinstance(actions, list) and any(action in DROPS for action in actions),
        f"must hold one of {', '.join(DROPS)}",
    )
    yield from RULE.require(
        node,
        "firewallPolicy.statefulEngineOptions.streamExceptionPolicy",
        lambda policy: policy in ("DROP", "REJECT"),
        "must be DROP or REJECT",
        optional=True,  # Network Firewall's default is DROP
    )
