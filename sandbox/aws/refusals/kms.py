"""What KMS refuses of key policies."""

from sandbox.aws.refusals.policy import callers, missing_principals, names_action, principals, statements
from sandbox.aws.refusals.refusal import Call, Words, refusal

POLICY_BYTES = 32_768


@refusal(
    "kms",
    "CreateKey",
    "PutKeyPolicy",
    code="MalformedPolicyDocumentException",
    source=(
        "terraform-aws-modules/terraform-aws-eks issue 1950, 2022-03-21; botocore 1.44.5, kms CreateKeyRequest.Policy"
    ),
    reported=True,
)
def lock_out(call: Call) -> Words:
    if call.get("Policy") is None or call.get("BypassPolicyLockoutSafetyCheck"):
        return None
    own = {"*", call.account_id, *callers(call, call.get("Policy"))}
    for statement in statements(call.get("Policy")):
        named = {
            each for each in principals(statement, "AWS") if each in own or each.endswith(f":{call.account_id}:root")
        }
        if statement.get("Effect") == "Allow" and named and names_action(statement, "kms:PutKeyPolicy"):
            return None
    return "The new key policy will not allow you to update the key policy in the future."


@refusal(
    "kms",
    "CreateKey",
    "PutKeyPolicy",
    code="MalformedPolicyDocumentException",
    source="awslabs/minimum-viable-dataspace-on-aws issue 6, 2025-03-26; botocore 1.44.5, kms CreateKeyRequest.Policy",
    reported=True,
)
def principals_of_key(call: Call) -> Words:
    own = set(callers(call, call.get("Policy")))
    if any(arn not in own for arn in missing_principals(call, call.get("Policy"))):
        return "Policy contains a statement with one or more invalid principals."
    return None


@refusal(
    "kms",
    "CreateKey",
    "PutKeyPolicy",
    code="MalformedPolicyDocumentException",
    source=(
        "botocore 1.44.5, kms CreateKeyRequest.Policy: Each statement in the key policy must contain one or more "
        "principals"
    ),
)
def statement_without_principal(call: Call) -> Words:
    if all(each.get("Principal") for each in statements(call.get("Policy"))):
        return None
    return "Policy contains a statement without a principal."


@refusal(
    "kms",
    "CreateKey",
    "PutKeyPolicy",
    code="LimitExceededException",
    source="AWS KMS developer guide, Resource quotas: a key policy document has at most 32 KB",
)
def policy_size(call: Call) -> Words:
    length = len(str(call.get("Policy") or "").encode())
    return f"The key policy has {length} bytes, at most {POLICY_BYTES} are allowed." if length > POLICY_BYTES else None


@refusal(
    "kms",
    "EnableKeyRotation",
    code="UnsupportedOperationException",
    source=(
        "botocore 1.44.5, kms EnableKeyRotation: Automatic key rotation is supported only on symmetric encryption "
        "KMS keys"
    ),
)
def rotation_of_asymmetric_keys(call: Call) -> Words:
    key = call.client("kms").describe_key(KeyId=call.get("KeyId"))["KeyMetadata"]
    spec = key.get("KeySpec", "SYMMETRIC_DEFAULT")
    return None if spec == "SYMMETRIC_DEFAULT" else f"{key['Arn']} key spec is {spec} which is not valid for rotation."
