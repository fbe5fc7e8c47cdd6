"""An endpoint carries whatever its policy permits, with anybody's credentials, into anybody's account."""

import re
from collections.abc import Iterator

from policies.documents import Kind, Statement, judge_allowed
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import VPC_ENDPOINT
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network.link_services import THEIRS

POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
LIMITS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "s3:resourceaccount",
)
NARROW_OPERATORS = ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase")
OF_ANY_ACCOUNT = re.compile(
    r"^(\*|arn:[^:]*:[^:]*:[^:]*:\*:.*|arn:[^:]*:s3:::[^/]*\*.*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$"
)

RULE = network_rule(
    id="endpoint-policies",
    title="The policy of every endpoint names whose principals and whose resources it is for",
    severity=Severity.HIGH,
    applies_to=(VPC_ENDPOINT, POLICY),
    requirement=Requirement.ISOLATION,
    why="With credentials of another account, an open endpoint to S3 is an upload to anybody's bucket.",
    remedy="limit by aws:PrincipalAccount and aws:ResourceAccount, as components.network.endpoints does",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.1", "CC6.7"), "ISO 27001": ("A.5.15", "A.8.12")},
    scope=Scope.STACK,
)


@RULE.check
def is_limited(node: Node, case: Case) -> Iterator[Finding]:
    service = first(node.inputs, "serviceName")
    if node.type == VPC_ENDPOINT:
        if (isinstance(service, str) and THEIRS in service) or case.graph.referrers(node, "vpcEndpointId", POLICY):
            return  # a customer's service takes no policy; a policy that is a resource is judged there
        if first(node.inputs, "policy") is MISSING:
            yield RULE.violation(node, "policy", "not set: AWS's default permits everything to everybody")
            return
    yield from judge_allowed(RULE, node, (Kind.ENDPOINT,), lambda statement: _open(node, statement))


def _open(node: Node, statement: Statement) -> Iterator[Finding]:
    if _anybody(statement) and _anywhere(statement) and not _limited(statement):
        yield RULE.violation(node, statement.path, "permits anybody to reach any account's resources")


def _anybody(statement: Statement) -> bool:
    return bool(statement.not_principals) or any(principal.value == "*" for principal in statement.principals)


def _anywhere(statement: Statement) -> bool:
    return bool(statement.not_resources) or any(OF_ANY_ACCOUNT.match(resource) for resource in statement.resources)


def _limited(statement: Statement) -> bool:
    """A condition with IfExists alone limits nothing: a request that lacks the key passes."""
    return any(
        values and "*" not in values
        for operator, keys in statement.conditions.items()
        if operator in NARROW_OPERATORS
        for key, values in keys.items()
        if key.lower() in LIMITS
    )
