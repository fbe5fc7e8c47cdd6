"""A DNS query is a message that leaves, even where no connection may."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import VPCS
from policies.rules.logging._common import RECORDED, is_adopted

ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"

RULE = logging_rule(
    id="log-dns-queries",
    title="Every network logs its DNS queries",
    severity=Severity.MEDIUM,
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
