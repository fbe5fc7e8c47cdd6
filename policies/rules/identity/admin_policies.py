"""AWS's own administrator policies fit every account, and therefore no keep."""

import re
from collections.abc import Iterator, Mapping

from policies.documents import ROLE
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PATHS: Mapping[str, str] = {
    ROLE: "managedPolicyArns[*]",
    ATTACHMENT: "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns[*]",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}
"""Type → where it names policies."""

WIDE = re.compile(r"^arn:aws[a-z-]*:iam::aws:policy/(?:.*/)?[^/]*(?:Administrator|PowerUser|FullAccess|IAMFull)[^/]*$")

RULE = Rule(
    id="admin-policies",
    title="No role has one of AWS's administrator or full-access policies",
    severity=Severity.CRITICAL,
    family=Family.IDENTITY,
    applies_to=tuple(PATHS),
    requirement=Requirement.ACCESS_CONTROL,
    why="They allow whole services on all resources, and grow with every action that AWS adds.",
    remedy="write what is needed as a policy of the role, as components.identity.Permissions does",
    frameworks={"CIS AWS": ("1.16", "1.22"), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.18", "A.8.2")},
)


@RULE.check
def none_is_attached(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node,
        PATHS[node.type],
        lambda arn: not WIDE.match(str(arn)),
        "must be no administrator or full-access policy of AWS",
        optional=True,
    )
