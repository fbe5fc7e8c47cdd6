"""What IAM refuses: sizes, counts and grammar of policies."""

import json
import re
from typing import Any

from sandbox.aws.refusals.policy import missing_principals, size, statements
from sandbox.aws.refusals.refusal import Call, Words, refusal

MANAGED_CHARACTERS, INLINE_CHARACTERS, TRUST_CHARACTERS = 6_144, 10_240, 2_048
ATTACHED_POLICIES = 10
SID = re.compile(r"[0-9A-Za-z]*")


@refusal(
    "iam",
    "CreatePolicy",
    "CreatePolicyVersion",
    code="LimitExceeded",
    source="ministryofjustice/analytical-platform issue 6873, 2025-02-13; IAM and AWS STS quotas",
    reported=True,
)
def managed_policy_size(call: Call) -> Words:
    if size(call.get("PolicyDocument")) > MANAGED_CHARACTERS:
        return f"Cannot exceed quota for PolicySize: {MANAGED_CHARACTERS}"
    return None


@refusal(
    "iam",
    "PutRolePolicy",
    code="LimitExceeded",
    source="aws-amplify/amplify-backend issue 2615, 2026-04-09; IAM and AWS STS quotas: all inline policies together",
    reported=True,
)
def inline_policies_size(call: Call) -> Words:
    role, iam = call.get("RoleName"), call.client("iam")
    others = [name for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if name != call.get("PolicyName")]
    total = size(call.get("PolicyDocument")) + sum(_inline_size(iam, role, name) for name in others)
    return (
        f"Maximum policy size of {INLINE_CHARACTERS} bytes exceeded for role {role}"
        if total > INLINE_CHARACTERS
        else None
    )


@refusal(
    "iam",
    "CreateRole",
    "UpdateAssumeRolePolicy",
    code="LimitExceeded",
    source="kubeflow/dashboard issue 29, 2022-10-28; IAM and AWS STS quotas",
    reported=True,
)
def trust_policy_size(call: Call) -> Words:
    if size(call.get("AssumeRolePolicyDocument") or call.get("PolicyDocument")) > TRUST_CHARACTERS:
        return f"Cannot exceed quota for ACLSizePerRole: {TRUST_CHARACTERS}"
    return None


@refusal(
    "iam",
    "AttachRolePolicy",
    code="LimitExceeded",
    source="ministryofjustice/cloud-platform-environments pull request 14118, 2023-06-23; default of 10: IAM quotas",
    reported=True,
)
def attached_policies(call: Call) -> Words:
    found = call.client("iam").list_attached_role_policies(RoleName=call.get("RoleName"))["AttachedPolicies"]
    others = [each for each in found if each["PolicyArn"] != call.get("PolicyArn")]
    return f"Cannot exceed quota for PoliciesPerRole: {ATTACHED_POLICIES}" if len(others) >= ATTACHED_POLICIES else None


@refusal(
    "iam",
    "CreatePolicy",
    "CreatePolicyVersion",
    "PutRolePolicy",
    code="MalformedPolicyDocument",
    source="aws-cloudformation/cfn-lint issue 1376, 2020-02-20",
    reported=True,
)
def statement_ids(call: Call) -> Words:
    if all(SID.fullmatch(str(each.get("Sid", ""))) for each in statements(call.get("PolicyDocument"))):
        return None
    return (
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )


@refusal(
    "iam",
    "CreateRole",
    "UpdateAssumeRolePolicy",
    code="MalformedPolicyDocument",
    source="IAM user guide, Troubleshoot IAM policies: a principal of the account must exist when it is saved",
)
def principals_of_trust(call: Call) -> Words:
    missing = next(missing_principals(call, call.get("AssumeRolePolicyDocument") or call.get("PolicyDocument")), None)
    return f'Invalid principal in policy: "AWS":"{missing}"' if missing else None


@refusal(
    "iam",
    "CreateServiceLinkedRole",
    code="InvalidInput",
    source="DataDog/pathfinding-labs issue 23, 2026-03-30; lgallard/terraform-aws-elasticsearch issue 59, 2023-02-01",
    reported=True,
)
def one_role_of_a_service(call: Call) -> Words:
    roles = call.client("iam").list_roles(PathPrefix=f"/aws-service-role/{call.get('AWSServiceName')}/")["Roles"]
    suffix = call.get("CustomSuffix")
    for name in (each["RoleName"] for each in roles):
        if name.endswith(f"_{suffix}") if suffix else "_" not in name:
            return f"Service role name {name} has been taken in this account, please try a different suffix."
    return None


def _inline_size(iam: Any, role: str, name: str) -> int:
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return size(document if isinstance(document, str) else json.dumps(document))
