"""Defaults and refusals of check that are the same for every type."""

import json

import pytest
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.aws.values import UNKNOWN, from_plain, to_plain
from tests.sandbox.aws.harness import CheckError, Plugin, ProviderError

GROUP = "aws:cloudwatch/logGroup:LogGroup"
TRAIL = "aws:cloudtrail/trail:Trail"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"


def failures(plugin, token, inputs) -> dict[str, str]:
    with pytest.raises(CheckError) as error:
        plugin.check(token, "name", inputs)
    assert error.value.failures
    return dict(error.value.failures)


def test_an_unknown_property_is_reported_with_the_nearest_name(plugin):
    found = failures(plugin, GROUP, {"retentionDays": 30})
    assert found == {"retentionDays": "LogGroup has no property 'retentionDays'; did you mean 'retentionInDays'?"}


def test_unknown_properties_are_found_at_any_depth(plugin):
    selector = {"fieldSelectors": [{"field": "eventCategory", "equalz": ["Data"]}]}
    found = failures(plugin, TRAIL, {"s3BucketName": "b", "advancedEventSelectors": [selector]})
    assert list(found) == ["advancedEventSelectors[0].fieldSelectors[0].equalz"]
    assert "did you mean 'equals'" in found["advancedEventSelectors[0].fieldSelectors[0].equalz"]


def test_all_problems_are_reported_at_once(plugin):
    selector = {"fieldSelectors": [{"equals": ["Data"]}]}
    found = failures(plugin, TRAIL, {"advancedEventSelectors": [selector], "enableLogging": "yes", "tags": {"a": 1}})
    assert found == {
        "s3BucketName": "Missing required property 's3BucketName'",
        "advancedEventSelectors[0].fieldSelectors[0].field": "Missing required property 'field'",
        "enableLogging": "expected a boolean, got string 'yes'",
        'tags["a"]': "expected a string, got number 1",
    }


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("30", "expected a whole number, got string '30'"),
        (30.5, "expected a whole number, got number 30.5"),
        (True, "expected a whole number, got boolean True"),
        ([30], "expected a whole number, got list [30]"),
    ],
)
def test_a_value_of_the_wrong_type_is_reported_with_its_type(plugin, value, reason):
    assert failures(plugin, GROUP, {"retentionInDays": value})["retentionInDays"] == reason


def test_types_missing_in_aws_and_in_the_sandbox_have_different_messages(plugin):
    with pytest.raises(ProviderError, match=r"official aws provider has no type.*did you mean 'LogGroup'"):
        plugin.check("aws:cloudwatch/logGruop:LogGruop", "name", {})
    with pytest.raises(ProviderError, match=r"no module 'clodwatch'.*did you mean 'cloudwatch'"):
        plugin.check("aws:clodwatch/logGroup:LogGroup", "name", {})
    with pytest.raises(ProviderError, match="the official provider has this type, the sandbox has not"):
        plugin.check(
            "aws:cloudwatch/metricStream:MetricStream",
            "name",
            {"firehoseArn": "a", "outputFormat": "json", "roleArn": "b"},
        )
    with pytest.raises(ProviderError, match="the sandbox has no such function"):
        plugin.invoke("aws:index/getRegoin:getRegoin", {})


def test_generated_names_have_seven_hex_digits_and_stay(plugin):
    first = plugin.check(GROUP, "audit", {}, seed=b"one")["name"]
    assert first.startswith("audit-")
    assert len(first) == len("audit-") + 7
    int(first.removeprefix("audit-"), 16)
    assert plugin.check(GROUP, "audit", {}, seed=b"two")["name"] != first
    assert plugin.check(GROUP, "audit", {}, old={"name": first}, seed=b"two")["name"] == first
    assert plugin.check(GROUP, "audit", {}, old={"name": "given"}, seed=b"one")["name"] == first, "given no more"
    assert plugin.check(GROUP, "audit", {"name": "given"}, old={"name": first})["name"] == "given"


def test_a_long_logical_name_is_shortened_to_the_types_limit(plugin):
    name = plugin.check("aws:sqs/queue:Queue", "q" * 200, {})["name"]
    assert len(name) == 80


def test_default_tags_region_and_defaults_are_filled_in(sandbox_environment):
    plugin = Plugin(config={"defaultTags": json.dumps({"tags": {"team": "platform", "tier": "x"}})})
    inputs = plugin.check(GROUP, "audit", {"tags": {"tier": "premium"}})
    assert inputs["tags"] == {"team": "platform", "tier": "premium"}
    assert inputs["region"] == "eu-central-1"
    assert inputs["skipDestroy"] is False
    assert plugin.check(GROUP, "audit", {"region": "eu-west-1"})["region"] == "eu-west-1"
    made = plugin.create(GROUP, "audit-tagged", {})
    assert made.outputs["tagsAll"] == {"team": "platform", "tier": "x"}
    assert "tags" not in plugin.check("aws:sns/topicPolicy:TopicPolicy", "p", {"arn": "a", "policy": "{}"})


def test_a_resource_with_a_region_is_created_there(plugin, unique):
    made = plugin.create(GROUP, unique, {"region": "eu-west-1"})
    assert ":eu-west-1:" in made.outputs["arn"]
    assert plugin.diff(made, {"region": "eu-west-3"}).replaces == ["region"]
    assert plugin.import_(GROUP, unique, f"{made.id}@eu-west-1").inputs["region"] == "eu-west-1"
    assert plugin.import_(GROUP, unique, made.id) is None, "not in the provider's region"
    plugin.delete(made)
    assert plugin.read(made) is None


def test_a_policy_given_as_an_object_becomes_text(plugin):
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a", "Resource": "b"}]}
    inputs = plugin.check(TOPIC_POLICY, "p", {"arn": "arn", "policy": document})
    assert json.loads(inputs["policy"]) == document


def test_unknown_values_pass_check_and_stay_unknown(plugin):
    inputs = plugin.check(GROUP, "audit", {"kmsKeyId": UNKNOWN, "retentionInDays": UNKNOWN, "tags": {"a": UNKNOWN}})
    assert inputs["kmsKeyId"] is UNKNOWN
    assert inputs["tags"] == {"a": UNKNOWN}
    id_, outputs = plugin.preview(GROUP, "audit", {"kmsKeyId": UNKNOWN})
    assert id_ == ""
    assert outputs["arn"] is UNKNOWN
    assert outputs["name"].startswith("audit-")


def test_secret_inputs_are_secret_in_the_result():
    secret = PropertyValue("s", is_secret=True)
    given = {"a": secret, "b": PropertyValue({"c": secret, "d": PropertyValue("e")}), "l": PropertyValue([secret])}
    plain = to_plain(given)
    assert plain == {"a": "s", "b": {"c": "s", "d": "e"}, "l": ["s"]}
    back = from_plain({**plain, "new": 1}, given)
    assert back["a"].is_secret
    assert back["b"].value["c"].is_secret
    assert not back["b"].value["d"].is_secret
    assert back["l"].contains_secret()
    assert from_plain({"l": ["s", "t"]}, given)["l"].is_secret, "it is not known which item it was"
    assert not back["new"].contains_secret()


def test_numbers_keep_their_kind():
    assert to_plain({"a": PropertyValue(3.0), "b": PropertyValue(0.5)}) == {"a": 3, "b": 0.5}
    assert from_plain({"a": 3})["a"].value == 3.0
