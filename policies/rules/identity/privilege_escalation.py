"""Who may write a policy, or start code under a stronger role, has every permission of the account."""

from collections.abc import Iterator, Mapping

from policies.documents import ROLE, Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules.identity._actions import is_wide, matching
from policies.rules.identity._policies import grants_of_roles, is_boundary
from policies.rules.identity.pass_role import PASS_ROLE

REWRITES: Mapping[str, str] = {
    "iam:addusertogroup": "join a stronger group",
    "iam:attachgrouppolicy": "attach any policy to a group",
    "iam:attachrolepolicy": "attach any policy to a role",
    "iam:attachuserpolicy": "attach any policy to a user",
    "iam:createaccesskey": "make keys of any user",
    "iam:createloginprofile": "set the password of any user",
    "iam:createpolicyversion": "rewrite a policy that is attached already",
    "iam:deleterolepermissionsboundary": "remove the boundary",
    "iam:deleterolepolicy": "remove a role's denials",
    "iam:putgrouppolicy": "write a group's policy",
    "iam:putrolepermissionsboundary": "replace the boundary",
    "iam:putrolepolicy": "write a role's policy",
    "iam:putuserpolicy": "write a user's policy",
    "iam:setdefaultpolicyversion": "bring back a wider version of a policy",
    "iam:updateassumerolepolicy": "open any role to itself",
    "iam:updateloginprofile": "set the password of any user",
    "sts:assumerole": "assume any role that trusts the account",
    "eks:associateaccesspolicy": "make itself administrator of a cluster",
    "eks:createaccessentry": "admit itself to a cluster",
    "eks:createpodidentityassociation": "give any role to a pod",
    "lambda:updatefunctioncode": "run its code under any function's role",
    "ssm:sendcommand": "run commands under any node's role",
    "ssm:startsession": "log on to any node",
}
"""Actions (lower case) that are enough by themselves on wide resources, and what they allow."""

STARTS: Mapping[str, str] = {
    "cloudformation:createstack": "a CloudFormation stack",
    "codebuild:createproject": "a build",
    "datapipeline:createpipeline": "a pipeline",
    "ec2:runinstances": "an instance",
    "ecs:runtask": "a task",
    "eks:createnodegroup": "a node group",
    "glue:createdevendpoint": "a Glue endpoint",
    "glue:createjob": "a Glue job",
    "lambda:createfunction": "a function",
    "sagemaker:createnotebookinstance": "a notebook",
    "sagemaker:createtrainingjob": "a training job",
    "states:createstatemachine": "a state machine",
}
"""Actions (lower case) that start code under a role passed to them."""


RULE = identity_rule(
    id="privilege-escalation",
    title="No role can widen its own permissions",
    severity=Severity.CRITICAL,
    applies_to=tuple(dict.fromkeys((*types_with(Kind.IDENTITY), ROLE))),
    requirement=Requirement.ACCESS_CONTROL,
    why="A workload that can write policies, or start code under a stronger role, has every permission of the account.",
    remedy="leave IAM changes and new compute to the deployer; components.identity.grants grants them to nobody",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.18", "A.8.2")},
    scope=Scope.STACK,  # passing a role and starting code may be allowed by different policies of one role
)


@RULE.check
def cannot_widen_itself(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ROLE:
        yield from _starts_code(node, case.graph.derived(grants_of_roles)[node.urn])
    if not is_boundary(node, case.graph):
        yield from judge_allowed(RULE, node, (Kind.IDENTITY,), lambda statement: _rewrites(node, statement))


def _rewrites(node: Node, statement: Statement) -> Iterator[Finding]:
    if any(is_wide(resource) for resource in statement.resources):
        for action in sorted(matching(statement.actions, REWRITES)):
            yield RULE.violation(node, f"{statement.path}.Action", f"allows {action}: it can {REWRITES[action]}")


def _starts_code(role: Node, statements: tuple[Statement, ...]) -> Iterator[Finding]:
    passes = any(
        matching(statement.actions, PASS_ROLE) and any(is_wide(resource) for resource in statement.resources)
        for statement in statements
    )
    starts = {action for statement in statements for action in matching(statement.actions, STARTS)}
    if passes and starts:
        how = ", ".join(STARTS[action] for action in sorted(starts))
        yield RULE.violation(role, "", f"may pass any role and start {how} under it")
