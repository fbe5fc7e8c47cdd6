"""Policies in their graph: which are permissions boundaries, which belong to a role."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.documents import MANAGED_POLICY, ROLE, Kind, Statement, documents
from policies.graph import Node, ResourceGraph
from policies.rules._types import ROLE_POLICY

ATTACHMENTS: Final = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


def is_boundary(node: Node, graph: ResourceGraph) -> bool:
    """Whether a managed policy is only a permissions boundary: what it allows, it grants to nobody."""
    if node.type != MANAGED_POLICY or not graph.referrers(node, "permissionsBoundary", ROLE, "aws:iam/user:User"):
        return False
    return not graph.referrers(node, "policyArn", *ATTACHMENTS) and not graph.referrers(node, "managedPolicyArns", ROLE)


def grants_of_roles(graph: ResourceGraph) -> Mapping[str, tuple[Statement, ...]]:
    """Role's URN → the statements that allow it something, as far as they are known."""
    return {role.urn: tuple(_grants(role, graph)) for role in graph.of_type(ROLE)}


def _grants(role: Node, graph: ResourceGraph) -> Iterator[Statement]:
    attached = [
        policy
        for attachment in graph.referrers(role, "role", ATTACHMENTS[0])
        for policy in graph.references(attachment, "policyArn", MANAGED_POLICY)
    ]
    managed = graph.references(role, "managedPolicyArns", MANAGED_POLICY)
    for holder in (role, *graph.referrers(role, "role", ROLE_POLICY), *attached, *managed):
        for document in documents(holder, Kind.IDENTITY):
            yield from (statement for statement in document.statements or () if statement.allows)
