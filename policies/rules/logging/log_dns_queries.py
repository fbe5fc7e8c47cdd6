"""A name that is looked up is a message that leaves, even where no connection may."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import RECORDED, VPCS, is_adopted

ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"

RULE = Rule(
    id="log-dns-queries",
    title="Every network logs its DNS queries",
    severity=Severity.MEDIUM,
    family=Family.LOGGING,
    applies_to=VPCS,
    requirement=Requirement.AUDIT,
    why="Data can be carried out in host names; the query log is where that shows.",
    remedy="use components.network, or associate a Resolver query log configuration with the VPC",
    frameworks=RECORDED,
    scope=Scope.STACK,
)


@RULE.check
def logs_queries(node: Node, case: Case) -> Iterator[Finding]:
    if not is_adopted(node) and not case.graph.referrers(node, "resourceId", ASSOCIATION):
        yield RULE.violation(node, "", "has no query log configuration")
