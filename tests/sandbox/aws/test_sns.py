"""SNS topics, policies, subscriptions through the provider."""

import json

TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


def policy(arn: str, action: str = "sns:Publish") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": action,
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_topic_passes_the_lifecycle(lifecycle):
    def drift(api, made):
        api.client("sns").set_topic_attributes(TopicArn=made.id, AttributeName="DisplayName", AttributeValue="other")

    made = lifecycle(
        TOPIC,
        {"displayName": "Alarms", "kmsMasterKeyId": "alias/aws/sns", "signatureVersion": 2, "tags": {"a": "b"}},
        {"displayName": "Other", "tracingConfig": "Active", "tags": {"c": "d"}},
        drift=drift,
    )
    assert made.outputs["arn"].startswith("arn:aws:sns:eu-central-1:123456789012:t")
    assert made.outputs["owner"] == "123456789012"


def test_becoming_a_fifo_topic_replaces_a_topic(lifecycle):
    lifecycle(TOPIC, {}, {"fifoTopic": True, "contentBasedDeduplication": True}, expect_replace={"fifoTopic", "name"})


def test_another_name_replaces_a_topic(lifecycle, unique):
    lifecycle(TOPIC, {"name": f"{unique}-a"}, {"name": f"{unique}-b"}, expect_replace={"name"})


def test_a_topic_policy_passes_the_lifecycle_and_is_no_drift_of_its_topic(plugin, lifecycle, unique):
    topic = plugin.create(TOPIC, f"{unique}-topic", {})
    made = plugin.create(POLICY, f"{unique}-early", {"arn": topic.id, "policy": policy(topic.id)})
    refreshed = plugin.read(topic)
    assert not plugin.diff(refreshed, {}).changes, "the topic's own policy is not its program's business"
    assert refreshed.outputs == topic.outputs, "nor is it the topic's to report"
    plugin.delete(made)

    def drift(api, made):
        api.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="Policy", AttributeValue=policy(made.id, "sns:Subscribe")
        )

    lifecycle(
        POLICY,
        {"arn": topic.id, "policy": policy(topic.id)},
        {"arn": topic.id, "policy": policy(topic.id, "sns:GetTopicAttributes")},
        drift=drift,
    )


def test_a_subscription_passes_the_lifecycle(plugin, lifecycle, unique):
    topic = plugin.create(TOPIC, f"{unique}-topic", {})
    base = {"topic": topic.id, "protocol": "https", "endpoint": "https://hooks.example.org/alarm"}
    lifecycle(
        SUBSCRIPTION,
        {**base, "rawMessageDelivery": True, "filterPolicy": json.dumps({"kind": ["a"]})},
        {
            **base,
            "rawMessageDelivery": False,
            "filterPolicy": json.dumps({"kind": ["b"]}),
            "filterPolicyScope": "MessageBody",
        },
        unreadable={"filterPolicyScope"},
        drift=lambda api, made: api.client("sns").set_subscription_attributes(
            SubscriptionArn=made.id, AttributeName="RawMessageDelivery", AttributeValue="false"
        ),
    )
    lifecycle(
        SUBSCRIPTION,
        base,
        {**base, "endpoint": "https://hooks.example.org/b"},
        expect_replace={"endpoint"},
        unreadable={"filterPolicyScope"},
    )
