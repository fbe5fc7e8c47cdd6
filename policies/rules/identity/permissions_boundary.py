"""A permissions boundary limits a role whatever its policies come to allow."""

from collections.abc import Iterator

from policies.accounts import own_accounts
from policies.documents import MANAGED_POLICY, ROLE, Kind, documents
from policies.graph import Node, ResourceGraph
from policies.graph.references import reference_of
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule

PATH = "permissionsBoundary"
RUNS_CODE = (
    "pods.eks.amazonaws.com",
    "lambda.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "codebuild.amazonaws.com",
    "sagemaker.amazonaws.com",
)
"""Services that give a role to code of ours. Not nodes: their role has AWS's own policy for nodes."""

RULE = identity_rule(
    id="permissions-boundary",
    title="Every role that code or people assume has the keep's permissions boundary",
    severity=Severity.MEDIUM,
    applies_to=(ROLE,),
    requirement=Requirement.ACCESS_CONTROL,
    why="One wrong statement in one role's policy is then still no way out of the keep's account and region.",
    remedy="create the role with components.identity, which sets components.identity.boundary",
    frameworks={"SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.18", "A.8.2")},
    scope=Scope.STACK,
)


@RULE.check
def bounded(node: Node, case: Case) -> Iterator[Finding]:
    boundary = first(node.inputs, PATH)
    if boundary is MISSING:
        yield from _unbounded(node, case)
    elif not isinstance(boundary, str):
        yield RULE.undecided(node, PATH)
    elif reference_of(boundary) is None:
        own = own_accounts(node, case)
        account = boundary.split(":")[4] if boundary.count(":") >= 5 else ""
        if account == "aws" or (own and account not in own):
            yield RULE.violation(node, PATH, f"got {boundary!r}: must be a policy of the keep's own account")


def _unbounded(node: Node, case: Case) -> Iterator[Finding]:
    if not case.facts.tenant and not case.graph.derived(_has_boundary):
        return
    for document in documents(node, Kind.TRUST):
        if document.statements is None:
            yield RULE.undecided(
                node, document.path, "it has no boundary, and who may assume the role is not known yet"
            )
            continue
        bearers = [
            principal.value
            for statement in document.statements
            if statement.allows
            for principal in statement.principals
            if principal.kind != "Service" or principal.value in RUNS_CODE
        ]
        if bearers:
            yield RULE.violation(node, PATH, f"not set, though {', '.join(bearers)} may assume the role")


def _has_boundary(graph: ResourceGraph) -> bool:
    return any(PATH in role.inputs for role in graph.of_type(ROLE)) or any(
        "boundary" in policy.name for policy in graph.of_type(MANAGED_POLICY)
    )
