"""One call must not end a keep."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.data_life._common import KEPT

SWITCHES: Mapping[str, tuple[str, object]] = {
    "aws:eks/cluster:Cluster": ("deletionProtection", True),
    "aws:lb/loadBalancer:LoadBalancer": ("enableDeletionProtection", True),
    "aws:alb/loadBalancer:LoadBalancer": ("enableDeletionProtection", True),
    "aws:networkfirewall/firewall:Firewall": ("deleteProtection", True),
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": (
        "mutationProtection",
        "ENABLED",
    ),
    "aws:rds/instance:Instance": ("deletionProtection", True),
    "aws:rds/cluster:Cluster": ("deletionProtection", True),
    "aws:rds/globalCluster:GlobalCluster": ("deletionProtection", True),
    "aws:docdb/cluster:Cluster": ("deletionProtection", True),
    "aws:neptune/cluster:Cluster": ("deletionProtection", True),
    "aws:dynamodb/table:Table": ("deletionProtectionEnabled", True),
    "aws:cognito/userPool:UserPool": ("deletionProtection", "ACTIVE"),
}

RULE = Rule(
    id="deletion-protection",
    title="Clusters, entry, firewalls and databases refuse to be deleted",
    severity=Severity.HIGH,
    family=Family.DATA_LIFE,
    applies_to=tuple(SWITCHES),
    requirement=Requirement.RETENTION,
    why="Deletion must take two decisions: one to lift the protection, one to delete.",
    remedy="leave `protect` on in the spec (only trials turn it off); components pass it on",
    frameworks=KEPT,
)


@RULE.check
def refuses_deletion(node: Node, case: Case) -> Iterator[Finding]:
    """A trial's spec says that it shall be removable."""
    if case.facts.protect:
        path, on = SWITCHES[node.type]
        yield from RULE.require(node, path, lambda value: value == on, f"must be {on!r}")
