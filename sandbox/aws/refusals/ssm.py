"""What Parameter Store refuses of parameters."""

from sandbox.aws.refusals.refusal import Call, Words, refusal

STANDARD_BYTES, ADVANCED_BYTES = 4_096, 8_192
TEXT = "botocore 1.44.5, ssm PutParameterRequest.Tier: "


@refusal(
    "ssm",
    "PutParameter",
    code="ValidationException",
    source=TEXT + "Standard parameters have a content size limit of 4 KB",
)
def size_of_parameter(call: Call) -> Words:
    tier, length = call.get("Tier") or "Standard", len(str(call.get("Value") or "").encode())
    most = STANDARD_BYTES if tier == "Standard" else ADVANCED_BYTES
    if length <= most:
        return None
    return (
        f"{tier} tier parameters support a maximum parameter value of {most} characters. To create a larger parameter "
        "value, upgrade."
    )


@refusal(
    "ssm", "PutParameter", code="ValidationException", source=TEXT + "and can't be configured to use parameter policies"
)
def policies_of_standard_parameters(call: Call) -> Words:
    if call.get("Policies") and (call.get("Tier") or "Standard") == "Standard":
        return "Standard tier parameters cannot have parameter policies."
    return None
