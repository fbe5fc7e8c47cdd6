"""AWS's own administrator policies fit every account, and therefore no keep."""

import re

from policies.conditions import Condition, Expectation
from policies.documents import ROLE
from policies.rule import Requirement, Severity, identity_rule
from policies.rules.identity._policies import ATTACHMENTS

WIDE = re.compile(r"^arn:aws[a-z-]*:iam::aws:policy/(?:.*/)?[^/]*(?:Administrator|PowerUser|FullAccess|IAMFull)[^/]*$")
MODEST = Condition(lambda arn: not WIDE.match(str(arn)), "must be no administrator or full-access policy of AWS")
PATHS = {
    ROLE: "managedPolicyArns[*]",
    **dict.fromkeys(ATTACHMENTS, "policyArn"),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns[*]",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}
"""Type → where it names policies."""

RULE = identity_rule(
    id="admin-policies",
    title="No role has one of AWS's administrator or full-access policies",
    severity=Severity.CRITICAL,
    requirement=Requirement.ACCESS_CONTROL,
    why="They allow whole services on all resources, and grow with every action that AWS adds.",
    remedy="write what is needed as a policy of the role, as components.identity.Permissions does",
    frameworks={"CIS AWS": ("1.16", "1.22"), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.18", "A.8.2")},
    expects={type_: (Expectation(path, MODEST, optional=True),) for type_, path in PATHS.items()},
)
