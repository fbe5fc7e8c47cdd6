"""Alarms, dashboard, budget, log groups and the alarm topic."""

import json
from typing import Any

import pytest
from codekeep_contracts import metrics
from codekeep_contracts.settings.governance import Slo

from awsread.iam import Decision, Request, decide
from components.keys.key_policy import topic_publishers
from components.naming import DataClass, Keep
from components.observe.alarm import Alarm, Metric
from components.observe.alerts import Alerts, AlertsArgs
from components.observe.budget_plan import BudgetPlan
from components.observe.dashboard import dashboard_body
from components.observe.runtime_logs import ACCESS_PART, IDENTIFIERS, PARTS, protection_policy
from tests.components.builders import key_arn
from tests.components.contract import assert_contract
from tests.components.environments import dedicated, premium, shared
from tests.components.recording import ACCOUNT, REGION, record

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:codekeep-acme-alerts"


@pytest.mark.parametrize(
    ("label", "metric", "statistic", "threshold"),
    [
        ("autocomplete-latency", metrics.AUTOCOMPLETE_LATENCY.name, "p95", 300),
        ("chat-latency", metrics.CHAT_FIRST_TOKEN_LATENCY.name, "p95", 1500),
        ("retrieval-latency", metrics.RETRIEVAL_LATENCY.name, "p95", 250),
        ("index-freshness", metrics.INDEX_AGE.name, "Maximum", 60),
        ("audit-not-shipped", metrics.FAILED_AUDIT_SHIPMENTS.name, "Sum", 0),
    ],
)
def test_each_objective_has_its_alarm(label: str, metric: str, statistic: str, threshold: int) -> None:
    inputs = dedicated().one(ALARM, f"acme-alarm-{label}").inputs
    assert (inputs["namespace"], inputs["metricName"], inputs["threshold"]) == ("codekeep/acme", metric, threshold)
    assert inputs.get("extendedStatistic") == (statistic if statistic == "p95" else None)
    assert inputs.get("statistic") == (None if statistic == "p95" else statistic)
    assert inputs["comparisonOperator"] == "GreaterThanThreshold"


@pytest.mark.parametrize(
    ("label", "threshold", "failed"),
    [("availability", 99.5, metrics.FAILED_REQUESTS.name), ("ingest-success", 99.0, metrics.FAILED_INGEST_JOBS.name)],
)
def test_ratios_are_computed_and_no_requests_count_as_no_failure(label: str, threshold: float, failed: str) -> None:
    inputs = dedicated().one(ALARM, f"acme-alarm-{label}").inputs
    result, *series = inputs["metricQueries"]
    assert result["returnData"] is True
    assert result["expression"].endswith(", 100)")
    assert {each["id"] for each in series} == {
        word for word in ("requests", "jobs", "failed") if word in result["expression"]
    }
    assert failed in {each["metric"]["metricName"] for each in series}
    assert (inputs["threshold"], inputs["comparisonOperator"]) == (threshold, "LessThanThreshold")
    assert "period" not in inputs


@pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
def test_every_alarm_describes_a_remedy_and_notifies_the_topic(environment: Any) -> None:
    alarms = environment().of_type(ALARM)
    assert len(alarms) > 15
    assert len({node.inputs["name"] for node in alarms}) == len(alarms)
    for node in alarms:
        assert node.inputs["alarmActions"], node.name
        assert len(node.inputs["alarmDescription"]) > 30, node.name
        # The keys of logs let only alarms publish whose names start so.
        assert node.inputs["name"].startswith("codekeep-"), node.name


def test_one_alarm_combines_those_that_affect_developers() -> None:
    service = dedicated().one("aws:cloudwatch/compositeAlarm:CompositeAlarm").inputs
    assert service["alarmName"] == "codekeep-acme-service"
    for label in ("autocomplete-latency", "chat-latency", "retrieval-latency", "availability", "entry-no-gateway"):
        assert f'ALARM("codekeep-acme-{label}")' in service["alarmRule"]
    assert service["alarmRule"].count(" OR ") == 5


def test_an_entry_without_gateways_raises_an_alarm_even_without_data() -> None:
    inputs = dedicated().one(ALARM, "acme-alarm-entry-no-gateway").inputs
    assert inputs["treatMissingData"] == "breaching"
    assert inputs["dimensions"] == {
        "LoadBalancer": "net/acme-entry/0123456789abcdef",
        "TargetGroup": "targetgroup/acme-entry/0123456789abcdef",
    }


def test_a_pooled_keep_has_no_alarms_on_the_platforms_domain() -> None:
    names = shared().names(ALARM)
    assert "platform-euc1-alarm-index-red" in names
    assert "pico-alarm-queue-ingest-age" in names
    assert "pico-alarm-index-red" not in names


def test_the_dashboard_shows_every_metric_with_its_objective(keep: Keep) -> None:
    body = json.loads(dashboard_body(keep, Slo(), queues=[("q", "q-failed")], domain_name="acme-index"))
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places) == 14
    text = json.dumps(body)
    assert not [each.name for each in metrics.METRICS if f'"{each.name}"' not in text]
    lines = [
        widget["properties"]["annotations"]["horizontal"][0]["value"]
        for widget in body["widgets"]
        if "annotations" in widget["properties"]
    ]
    assert lines == [300, 1500, 250, 99.5, 60]
    assert json.loads(dedicated().one("aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])["widgets"]


def test_the_budget_covers_the_keeps_cost_and_notifies_before_it_is_used_up() -> None:
    budget = dedicated().one("aws:budgets/budget:Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("60000", "USD", "MONTHLY")
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:codekeep:tenant$acme"]}]
    kinds = [(each["notificationType"], each["threshold"]) for each in budget["notifications"]]
    assert kinds == [("ACTUAL", 50), ("ACTUAL", 100), ("FORECASTED", 100)]
    assert all(each["subscriberSnsTopicArns"] == [TOPIC] for each in budget["notifications"])
    assert "costFilters" not in premium().one("aws:budgets/budget:Budget").inputs  # the account is all the keep's


@pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
def test_every_log_group_is_encrypted_and_has_a_retention(environment: Any) -> None:
    groups = environment().of_type(GROUP)
    assert len(groups) > 10
    for node in groups:
        assert node.inputs["kmsKeyId"], node.name
        assert 1 <= node.inputs["retentionInDays"] <= 3653, node.name


def test_credentials_in_the_runtimes_logs_are_masked(keep: Keep) -> None:
    recording = dedicated()
    policies = {
        node.inputs["logGroupName"]: node.inputs["policyDocument"]
        for node in recording.of_type("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy")
    }
    assert policies.keys() == {f"/codekeep/acme/runtime/{part}" for part in (*PARTS, ACCESS_PART)}
    document = json.loads(protection_policy(keep.region))
    operations = [next(iter(statement["Operation"])) for statement in document["Statement"]]
    assert operations == ["Audit", "Deidentify"]
    assert all(len(statement["DataIdentifier"]) == len(IDENTIFIERS) for statement in document["Statement"])
    access = recording.one(GROUP, "acme-logs-runtime-access")
    assert access.inputs["kmsKeyId"] == recording.one("aws:kms/key:Key", "acme-key-audit").outputs["arn"]


def publish(service: str, context: dict[str, str]) -> Request:
    return Request(principal=f"{service}.amazonaws.com", action="sns:Publish", resource=TOPIC, context=context)


def test_only_this_keeps_publishers_write_to_the_topic(keep: Keep) -> None:
    recording = record(
        lambda: Alerts("acme-alerts", AlertsArgs(keep=keep, key_arn=key_arn(DataClass.LOG), emails=("a@b.example",)))
    )
    assert_contract(recording, keep)
    assert recording.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"] == key_arn(DataClass.LOG)
    policy = recording.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"]
    for service, conditions in topic_publishers(keep, keep.region).items():
        for source in conditions.get("ArnLike", {}).get("aws:SourceArn", ()):
            context = {
                "aws:SourceAccount": ACCOUNT,
                "aws:SourceArn": str(source).replace("*", "x"),
                "aws:SecureTransport": "true",
            }
            assert decide(policy, publish(service, context)) is Decision.ALLOW, service
            foreign = {**context, "aws:SourceAccount": "999999999999"}
            assert decide(policy, publish(service, foreign)) is Decision.NONE, service
    # EventBridge sends no source (EventBridge User Guide): findings must arrive all the same.
    assert decide(policy, publish("events", {"aws:SecureTransport": "true"})) is Decision.ALLOW
    assert decide(policy, publish("cloudwatch", {"aws:SecureTransport": "true"})) is Decision.NONE
    stranger = Request(principal="arn:aws:iam::999999999999:role/x", action="sns:Publish", resource=TOPIC)
    assert decide(policy, stranger) is Decision.NONE
    assert recording.value(recording.result.topic_arn) == TOPIC


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BudgetPlan(monthly_usd=0, alert_percents=(50,), notify=("a",)), "monthly_usd"),
        (lambda: BudgetPlan(monthly_usd=1, alert_percents=(), notify=("a",)), "alert_percents"),
        (lambda: BudgetPlan(monthly_usd=1, alert_percents=(50,), notify=()), "notify"),
        (lambda: Alarm(label="x", remedy="", comparison="above", threshold=1), "either metric"),
        (
            lambda: Alarm(
                label="x",
                remedy="",
                comparison="above",
                threshold=1,
                metric=Metric(namespace="n", name="m", statistic="Sum"),
                periods=1,
            ),
            "periods_needed must be 1-1",
        ),
    ],
)
def test_wrong_plans_and_alarms_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_duplicate_email_addresses_are_refused(keep: Keep) -> None:
    with pytest.raises(ValueError, match="emails must differ"):
        AlertsArgs(keep=keep, key_arn="k", emails=("a@b.example", "a@b.example"))
