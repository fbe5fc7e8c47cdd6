"""What Secrets Manager refuses of secrets."""

from sandbox.aws.refusals.policy import missing_principals, principals, statements
from sandbox.aws.refusals.refusal import Call, Words, refusal

WINDOW_DAYS = range(7, 31)
POLICY_CHARACTERS = 20_480


@refusal(
    "secretsmanager",
    "DeleteSecret",
    code="InvalidParameterException",
    source="botocore 1.44.5, secretsmanager DeleteSecretRequest.RecoveryWindowInDays: The number of days from 7 to 30",
)
def recovery_window(call: Call) -> Words:
    days = call.get("RecoveryWindowInDays")
    if days is None or days in WINDOW_DAYS:
        return None
    return f"RecoveryWindowInDays value must be between 7 and 30 days (inclusive), got {days}."


@refusal(
    "secretsmanager",
    "CreateSecret",
    code="InvalidRequestException",
    source="Secrets Manager user guide, Delete a secret: its name is taken until the recovery window ends",
)
def name_in_deletion(call: Call) -> Words:
    for page in call.client("secretsmanager").get_paginator("list_secrets").paginate(IncludePlannedDeletion=True):
        if any(each["Name"] == call.get("Name") and each.get("DeletedDate") for each in page["SecretList"]):
            return "You can't create this secret because a secret with this name is already scheduled for deletion."
    return None


@refusal(
    "secretsmanager",
    "PutResourcePolicy",
    code="PublicPolicyException",
    source=(
        "botocore 1.44.5, secretsmanager PutResourcePolicyRequest.BlockPublicPolicy: block resource-based policies "
        "that allow broad access"
    ),
)
def public_policy(call: Call) -> Words:
    public = any(
        each.get("Effect") == "Allow" and "*" in principals(each, "AWS") and not each.get("Condition")
        for each in statements(call.get("ResourcePolicy"))
    )
    return "You cannot attach a public policy to a secret." if call.get("BlockPublicPolicy") and public else None


@refusal(
    "secretsmanager",
    "PutResourcePolicy",
    code="MalformedPolicyDocumentException",
    source="Secrets Manager user guide, Troubleshoot: a resource policy names principals that exist",
)
def principals_of_secret(call: Call) -> Words:
    missing = next(missing_principals(call, call.get("ResourcePolicy")), None)
    return "This resource policy contains an unsupported principal." if missing else None
