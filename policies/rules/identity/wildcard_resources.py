"""An action on every resource reaches those of other keeps in the account, and those created later."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules.identity._actions import is_everything, is_whole_type
from policies.rules.identity._policies import is_boundary

LOG_RESOURCE_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
KINDS = (Kind.IDENTITY, Kind.RESOURCE)

WITHOUT_RESOURCE: Mapping[str, str] = {
    "autoscaling:describe*": "Auto Scaling describes all of a region's groups or none",
    "cloudwatch:getmetricdata": "metrics are no resources",
    "cloudwatch:getmetricstatistics": "metrics are no resources",
    "cloudwatch:listmetrics": "metrics are no resources",
    "cloudwatch:putmetricdata": "metrics are no resources; a condition on cloudwatch:namespace narrows it",
    "ec2:describe*": "EC2 describes all of a region's resources or none",
    "ec2:getinstancetypesfrominstancerequirements": "names types of instances, which belong to nobody",
    "ecr:getauthorizationtoken": "the token is for the registry; what it opens is decided by repository",
    "eks:describeaddonversions": "versions of add-ons are AWS's own",
    "eks:listclusters": "lists names of clusters of the account",
    "elasticloadbalancing:describe*": "load balancing describes all of a region's resources or none",
    "kms:listaliases": "lists names of aliases of the account",
    "kms:listkeys": "lists ids of keys of the account",
    "logs:describeloggroups": "lists names of groups; it has no narrower resource than all groups",
    "s3:listallmybuckets": "lists names of buckets of the account",
    "secretsmanager:getrandompassword": "makes a random text",
    "ssm:describeparameters": "lists names of parameters of the account",
    "sts:getcalleridentity": "says who is asking",
    "tag:getresources": "lists tags; it has no resource",
    "xray:getsampling*": "sampling rules are the account's",
    "xray:puttelemetryrecords": "traces are no resources",
    "xray:puttracesegments": "traces are no resources",
}
"""Actions (lower case) for which AWS knows no narrower resource, or none that contains data, and why."""

NARROWING = ("aws:resourcetag/", "aws:requesttag/", "ec2:resourcetag/", "ec2:createaction", "kms:resourcealiases")
"""Prefixes of condition keys that narrow all resources of one type down to some."""

RULE = identity_rule(
    id="wildcard-resources",
    title="No policy allows an action on all resources where AWS can name one",
    severity=Severity.HIGH,
    applies_to=(*types_with(Kind.IDENTITY), LOG_RESOURCE_POLICY),
    requirement=Requirement.ACCESS_CONTROL,
    why="In a shared account `*` is every keep's bucket, queue and key; in its own, whatever is created there later.",
    remedy="name the ARN, as components.identity.grants does, or narrow one type by a tag in the condition",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.3")},
    scope=Scope.STACK,  # a boundary's wildcards grant nothing, and the roles say what is a boundary
)


@RULE.check
def resources_are_named(node: Node, case: Case) -> Iterator[Finding]:
    if not is_boundary(node, case.graph):
        yield from judge_allowed(RULE, node, KINDS, lambda statement: _wide(node, statement))


def _wide(node: Node, statement: Statement) -> Iterator[Finding]:
    wide = [each for each in statement.resources if is_everything(each)]
    if not _narrowed(statement):
        wide += [each for each in statement.resources if is_whole_type(each)]
    if not wide:
        return
    unlisted = [action for action in statement.actions if not _has_no_resource(action)]
    if unlisted:
        yield RULE.violation(
            node, f"{statement.path}.Resource", f"allows {', '.join(unlisted)} on {', '.join(dict.fromkeys(wide))}"
        )


def _narrowed(statement: Statement) -> bool:
    keys = {key for operator in statement.conditions.values() for key in operator}
    return any(key.lower().startswith(NARROWING) and statement.bound_values(key) for key in keys)


def _has_no_resource(action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in WITHOUT_RESOURCE)
