"""One call must not end a keep."""

from policies.conditions import Expectation, equals
from policies.rule import Requirement, Severity, data_life_rule
from policies.rules._types import BALANCERS, CLUSTER, FIREWALL
from policies.rules.data_life._common import KEPT

PROTECTED = (Expectation("deletionProtection", equals(True)),)

RULE = data_life_rule(
    id="deletion-protection",
    title="Clusters, entry, firewalls and databases refuse to be deleted",
    severity=Severity.HIGH,
    requirement=Requirement.RETENTION,
    why="Deletion must take two decisions: one to lift the protection, one to delete.",
    remedy="leave `protect` on in the spec (only trials turn it off); components pass it on",
    frameworks=KEPT,
    expects={
        CLUSTER: PROTECTED,
        **dict.fromkeys(BALANCERS, (Expectation("enableDeletionProtection", equals(True)),)),
        FIREWALL: (Expectation("deleteProtection", equals(True)),),
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": (
            Expectation("mutationProtection", equals("ENABLED")),
        ),
        "aws:rds/instance:Instance": PROTECTED,
        "aws:rds/cluster:Cluster": PROTECTED,
        "aws:rds/globalCluster:GlobalCluster": PROTECTED,
        "aws:docdb/cluster:Cluster": PROTECTED,
        "aws:neptune/cluster:Cluster": PROTECTED,
        "aws:dynamodb/table:Table": (Expectation("deletionProtectionEnabled", equals(True)),),
        "aws:cognito/userPool:UserPool": (Expectation("deletionProtection", equals("ACTIVE")),),
    },
    exempt=lambda _, case: not case.facts.protect,  # a trial shall be removable
)
