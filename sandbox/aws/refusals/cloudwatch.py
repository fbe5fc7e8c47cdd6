"""What CloudWatch refuses of alarms."""

from sandbox.aws.refusals.refusal import Call, Words, refusal

SHORT_PERIODS, MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS = (10, 20, 30), 60, 3_600, 86_400
CODE = "ValidationError"


@refusal(
    "cloudwatch",
    "PutMetricAlarm",
    code=CODE,
    source="hashicorp/terraform issue 24070, 2020-02-10",
    reported=True,
)
def datapoints_of_alarm(call: Call) -> Words:
    wanted, periods = call.get("DatapointsToAlarm"), call.get("EvaluationPeriods")
    if wanted is None or periods is None or wanted <= periods:
        return None
    return "DatapointsToAlarm must be less than or equal to EvaluationPeriods"


@refusal(
    "cloudwatch",
    "PutMetricAlarm",
    code=CODE,
    source=(
        "botocore 1.44.5, cloudwatch PutMetricAlarmInput.Period: Valid values are 10, 20, 30, and any multiple of 60"
    ),
)
def period_of_alarm(call: Call) -> Words:
    for period in _periods(call):
        if period not in SHORT_PERIODS and period % MINUTE_SECONDS:
            return f"Period must be 10, 20, 30 or a multiple of 60, got {period}"
    return None


@refusal(
    "cloudwatch",
    "PutMetricAlarm",
    code=CODE,
    source=(
        "botocore 1.44.5, cloudwatch PutMetricAlarmInput.Period: total current evaluation period can be no longer "
        "than seven days"
    ),
)
def span_of_alarm(call: Call) -> Words:
    count = call.get("EvaluationPeriods") or 1
    for period in _periods(call):
        most = DAY_SECONDS if period < HOUR_SECONDS else 7 * DAY_SECONDS
        if period * count > most:
            days = "a day" if most == DAY_SECONDS else "seven days"
            return f"Metrics cannot be checked across more than {days} (EvaluationPeriods * Period must be <= {most})"
    return None


def _periods(call: Call) -> list[int]:
    single = call.get("Period")
    metrics = [each.get("MetricStat", {}).get("Period", each.get("Period")) for each in call.items("Metrics")]
    return [each for each in (single, *metrics) if each is not None]
