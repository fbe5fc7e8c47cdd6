"""What GuardDuty refuses of detectors."""

from sandbox.aws.refusals.refusal import Call, Words, refusal

RUNTIME = frozenset({"EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"})


@refusal(
    "guardduty",
    "CreateDetector",
    code="BadRequestException",
    source="botocore 1.44.5, guardduty CreateDetector: You can have only one detector per account per Region",
)
def one_detector(call: Call) -> Words:
    if call.client("guardduty").list_detectors()["DetectorIds"]:
        return "The request is rejected because a detector already exists for the current account."
    return None


@refusal(
    "guardduty",
    "CreateDetector",
    "UpdateDetector",
    code="BadRequestException",
    source=("botocore 1.44.5, guardduty CreateDetector: You can add only one of these two features"),
)
def one_runtime_monitoring(call: Call) -> Words:
    if set(RUNTIME) <= {each.get("Name") for each in call.items("Features")}:
        return "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot be given together."
    return None
