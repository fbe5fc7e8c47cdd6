"""What EventBridge refuses of rules and their targets."""

from sandbox.aws.refusals.refusal import Call, Words, refusal

TARGETS = 5


@refusal(
    "events",
    "PutTargets",
    code="LimitExceededException",
    source=(
        "botocore 1.44.5, events PutTargets: Each rule can have up to five (5) targets associated with it at one time"
    ),
)
def targets_of_rule(call: Call) -> Words:
    bus = {"EventBusName": call.get("EventBusName")} if call.get("EventBusName") else {}
    found = call.client("events").list_targets_by_rule(Rule=call.get("Rule"), **bus)["Targets"]
    ids = {each["Id"] for each in found} | {each["Id"] for each in call.items("Targets")}
    return "The requested resource exceeds the maximum number allowed." if len(ids) > TARGETS else None


@refusal(
    "events",
    "PutTargets",
    code="ValidationException",
    source="EventBridge user guide, Targets: a FIFO queue as a target needs a message group ID",
)
def group_of_fifo_target(call: Call) -> Words:
    for each in call.items("Targets"):
        if ":sqs:" in each.get("Arn", "") and each["Arn"].endswith(".fifo") and not each.get("SqsParameters"):
            return f"Parameter(s) SqsParameters must be specified for target: {each['Id']}."
    return None


@refusal(
    "events",
    "PutRule",
    code="ValidationException",
    source="botocore 1.44.5, events PutRule: A rule must contain at least an EventPattern or ScheduleExpression",
)
def trigger_of_rule(call: Call) -> Words:
    if call.get("EventPattern") or call.get("ScheduleExpression"):
        return None
    return "Parameter(s) EventPattern or ScheduleExpression must be specified."
