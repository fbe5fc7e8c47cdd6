"""The firewall's alerts show which hosts were asked for and refused."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import read
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import FIREWALL
from policies.rules.logging._common import RECORDED

LOGGING = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
CONFIGS = "loggingConfiguration.logDestinationConfigs"

RULE = logging_rule(
    id="log-egress-firewall",
    title="Every network firewall logs its alerts",
    severity=Severity.MEDIUM,
    applies_to=(FIREWALL,),
    requirement=Requirement.AUDIT,
    why="A refused connection to a host that nobody agreed to is the first sign of code on its way out.",
    remedy="use components.network.egress, or a logging configuration with logType ALERT",
    frameworks=RECORDED,
    scope=Scope.STACK,
)


@RULE.check
def logs_alerts(node: Node, case: Case) -> Iterator[Finding]:
    holders = case.graph.referrers(node, "firewallArn", LOGGING)
    found = [each for holder in holders for each in read(holder.inputs, f"{CONFIGS}[*].logType")]
    if any(not each.known for each in found):
        yield RULE.undecided(node, CONFIGS)
    elif not any(each.value == "ALERT" for each in found):
        yield RULE.violation(node, CONFIGS, "no logging configuration logs ALERT")
