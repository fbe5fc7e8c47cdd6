"""An administrator of a cluster reads every secret, and every prompt in every pod's memory."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation, none_of
from policies.graph import Node
from policies.graph.references import reference_of
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule

ENTRY, ASSOCIATION = "aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
PRINCIPAL, SCOPE = "principalArn", "accessScope.type"
CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
SHOWS_SECRETS = (CLUSTER_ADMIN, "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminViewPolicy")
ONE_ROLE = Expectation(PRINCIPAL, Condition(lambda arn: not str(arn).endswith((":root", "*")), "must name one role"))

RULE = identity_rule(
    id="cluster-admins",
    title="Nobody but the deployer administers a cluster, and no whole account enters it",
    severity=Severity.HIGH,
    requirement=Requirement.ACCESS_CONTROL,
    why="Access for an account's root is access for everybody whom that account's IAM comes to allow.",
    remedy="name one role, with level view or namespaces, in cluster_access (components.compute.cluster_access)",
    frameworks={
        "CIS EKS": ("4.1.1", "4.1.2", "5.5.1"),
        "SOC 2": ("CC6.1", "CC6.3"),
        "ISO 27001": ("A.5.15", "A.5.18", "A.8.2"),
    },
    expects={
        ENTRY: (
            ONE_ROLE,
            Expectation("kubernetesGroups[*]", none_of("system:masters", "cluster-admin"), optional=True),
        ),
        ASSOCIATION: (ONE_ROLE,),
    },
)


@RULE.check
def few_administer(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ASSOCIATION:
        yield from _policy(node, case)


def _policy(node: Node, case: Case) -> Iterator[Finding]:
    policy, principal, scope = (first(node.inputs, path) for path in ("policyArn", PRINCIPAL, SCOPE))
    if not isinstance(policy, str):
        yield RULE.undecided(node, "policyArn")
        return
    name = policy.rpartition("/")[2]
    if name not in SHOWS_SECRETS or not isinstance(principal, str):
        return
    if principal == case.facts.deployer_role_arn or (not case.facts.deployer_role_arn and reference_of(principal)):
        return
    if name == CLUSTER_ADMIN or scope is MISSING or scope == "cluster":
        yield RULE.violation(node, PRINCIPAL, f"gives {name} over the whole cluster to {principal}")
    elif not isinstance(scope, str):
        yield RULE.undecided(node, SCOPE)
