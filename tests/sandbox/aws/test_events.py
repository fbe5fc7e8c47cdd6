"""EventBridge rules and targets through the provider."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
PATTERN = json.dumps({"source": ["aws.guardduty"]})
TOPIC = "arn:aws:sns:eu-central-1:123456789012:t"


def test_a_rule_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        RULE,
        {"description": "findings", "eventPattern": PATTERN, "tags": {"a": "b"}},
        {"eventPattern": json.dumps({"source": ["aws.kms"]}), "state": "DISABLED", "tags": {"c": "d"}},
        drift=lambda api, made: api.client("events").put_rule(Name=made.id, EventPattern=json.dumps({"source": ["x"]})),
        unreadable={"state"},
    )
    assert made.outputs["arn"].endswith(f":rule/{made.id}")
    assert made.outputs["eventBusName"] == "default"


def test_another_name_replaces_a_rule(lifecycle, unique):
    base = {"scheduleExpression": "rate(5 minutes)"}
    lifecycle(
        RULE,
        {**base, "name": f"{unique}a"},
        {**base, "name": f"{unique}b"},
        expect_replace={"name"},
        unreadable={"state"},
    )


def test_a_rule_without_a_pattern_or_schedule_is_refused(plugin, unique):
    with pytest.raises(CheckError, match="eventPattern or scheduleExpression"):
        plugin.check(RULE, unique, {})


def test_a_target_passes_the_lifecycle(plugin, lifecycle, unique):
    rule = plugin.create(RULE, f"{unique}-rule", {"eventPattern": PATTERN})
    base = {"rule": rule.id, "arn": TOPIC, "targetId": "alerts"}
    transformer = {"inputPaths": {"severity": "$.detail.severity"}, "inputTemplate": '"severity <severity>"'}
    made = lifecycle(
        TARGET,
        {**base, "inputTransformer": transformer, "deadLetterConfig": {"arn": "arn:aws:sqs:eu-central-1:1:q"}},
        {**base, "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 3}},
        importable=False,
        drift=lambda api, made: api.client("events").put_targets(
            Rule=rule.id, Targets=[{"Id": "alerts", "Arn": f"{TOPIC}x"}]
        ),
    )
    assert made.id == f"{rule.id}-alerts"
    lifecycle(TARGET, base, {**base, "targetId": "others"}, expect_replace={"targetId"}, importable=False)


def test_a_target_without_an_id_gets_one_and_can_be_imported(plugin, unique):
    rule = plugin.create(RULE, f"{unique}-rule", {"eventPattern": PATTERN})
    made = plugin.create(TARGET, unique, {"rule": rule.id, "arn": TOPIC})
    assert made.outputs["targetId"].startswith("terraform-")
    assert not plugin.diff(plugin.read(made), {"rule": rule.id, "arn": TOPIC}).changes
    imported = plugin.import_(TARGET, unique, f"{rule.id}/{made.outputs['targetId']}")
    assert imported.id == made.id
    assert not plugin.diff(imported, {"rule": rule.id, "arn": TOPIC}).changes
