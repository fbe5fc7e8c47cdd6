"""What the deployer may do to roles: none gets more than its keep's boundary, or is another than the graph's.

Whoever writes the boundary, or the policies and trust of a role without one, gives out what they like. So this is
apart, for the few times when it changes: `founding_statements`.
Sources: Service Authorization Reference, "AWS Identity and Access Management (IAM)", condition keys by action; IAM User
Guide, "Delegating responsibility to others using permissions boundaries" (NoBoundaryPolicyEdit, NoBoundaryUserDelete).
"""

from collections.abc import Collection, Iterator
from typing import Final

from policies.graph import ResourceGraph
from stacks.sessions.deployer.statements import Statement

BOUNDED: Final = frozenset({"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"})
ATTACH: Final = "iam:AttachRolePolicy"
LINK: Final = "iam:CreateServiceLinkedRole"
OF_SERVICE_ROLES: Final = ("iam:GetRole", "iam:ListRoleTags", "iam:TagRole", "iam:UntagRole")
BOUNDARY: Final = "permissionsBoundary"
ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
HARMLESS: Final = ("iam:Get", "iam:List", "iam:Tag", "iam:Untag")


def identity_statements(
    graph: ResourceGraph, actions: Collection[str], *, prefix: str, services: Collection[str]
) -> Iterator[Statement]:
    """Statements of IAM for each day.

    Args:
        actions: those of IAM that the graph's types need.
        prefix: of ARNs of the account's IAM, up to the type of resource.
        services: whose service-linked roles are made, by the stack or by AWS on its behalf.
    """
    bounded, free = _roles(graph, prefix, bounded=True), _roles(graph, prefix, bounded=False)
    policies = _policies(graph, prefix)
    harmless = sorted(each for each in actions if each.startswith(HARMLESS))
    if harmless:
        yield harmless, [*policies, *bounded, *free], {}
    others = sorted({each for each in actions if _of_roles(each)} - set(harmless) - BOUNDED - {ATTACH, LINK})
    if others and bounded:
        yield others, bounded, {}
    limits = sorted({each.inputs["name"] for role in graph.of_type(ROLE) for each in graph.references(role, BOUNDARY)})
    if limits and (limited := sorted(BOUNDED & set(actions))):
        boundaries = [f"{prefix}policy/{name}" for name in limits]
        yield limited, bounded, {"ArnEquals": {"iam:PermissionsBoundary": boundaries}}
    attached = sorted({node.inputs["policyArn"] for node in graph.of_type(ATTACHMENT)})
    if attached:
        yield [ATTACH, "iam:DetachRolePolicy"], [*bounded, *free], {"ArnEquals": {"iam:PolicyARN": attached}}
    linked = f"{prefix}role/aws-service-role/*"
    yield list(OF_SERVICE_ROLES), [linked], {}
    if services:
        yield [LINK], [linked], {"StringEquals": {"iam:AWSServiceName": sorted(services)}}


def founding_statements(graph: ResourceGraph, actions: Collection[str], *, prefix: str) -> Iterator[Statement]:
    """Statements to make, change and delete the boundary, and the roles of AWS's own services, which have none."""
    changing = {each for each in actions if not each.startswith(HARMLESS)}
    of_policies = sorted(each for each in changing if not _of_roles(each))
    if of_policies:
        yield of_policies, _policies(graph, prefix), {}
    free = _roles(graph, prefix, bounded=False)
    of_roles = sorted({each for each in changing if _of_roles(each)} - {ATTACH, LINK, "iam:DetachRolePolicy"})
    if of_roles and free:
        yield of_roles, free, {}


def role_arns(graph: ResourceGraph, prefix: str) -> list[str]:
    """Every role of the graph."""
    return sorted(f"{prefix}role/{role.inputs['name']}" for role in graph.of_type(ROLE))


def _roles(graph: ResourceGraph, prefix: str, *, bounded: bool) -> list[str]:
    return sorted(
        f"{prefix}role/{role.inputs['name']}"
        for role in graph.of_type(ROLE)
        if bool(role.inputs.get(BOUNDARY)) is bounded
    )


def _policies(graph: ResourceGraph, prefix: str) -> list[str]:
    return sorted(f"{prefix}policy/{policy.inputs['name']}" for policy in graph.of_type(POLICY))


def _of_roles(action: str) -> bool:
    return "Role" in action
