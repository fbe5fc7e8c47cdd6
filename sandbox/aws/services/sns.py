"""SNS topics, their policies and subscriptions."""

import json
from collections.abc import Mapping

from awsread.services.sns import TOPIC_POLICY
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, tag_list
from sandbox.aws.services.requests import call, text_of

PROTOCOLS_CONFIRMED = frozenset({"sqs", "lambda", "firehose", "application", "sms"})  # AWS confirms these itself
FEEDBACK = frozenset(
    f"{protocol}{what}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}
DEDUPLICATION = {"contentBasedDeduplication": "ContentBasedDeduplication"}
SUBSCRIPTION: Mapping[str, str] = {
    "filterPolicyScope": "FilterPolicyScope",  # first: AWS reads the filter policy by it
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


class Topic(LiveResource):
    token = "aws:sns/topic:Topic"
    service = "sns"
    deletion = ("delete_topic", "TopicArn")
    auto_name = "name"
    auto_name_max = 256
    in_ledger = FEEDBACK | {
        "archivePolicy",
        "fifoThroughputScope",
        "maximumMessageSize",
        "signatureVersion",
        "tracingConfig",
    }

    def name_for(self, name: str, inputs: Props) -> str:
        return f"{name}.fifo" if inputs.get("fifoTopic") is True else name

    def make(self, api: Api, inputs: Props) -> str:
        attributes = {attribute: inputs[name] for name, attribute in ATTRIBUTES.items() if inputs.get(name)}
        if inputs.get("fifoTopic"):
            deduplicates = text_of(inputs.get("contentBasedDeduplication", False))
            attributes |= {"FifoTopic": "true", "ContentBasedDeduplication": deduplicates}
        answer = api.client("sns").create_topic(
            Name=inputs["name"], Attributes=attributes, Tags=tag_list(inputs.get("tags"))
        )
        return str(answer["TopicArn"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found is not None and any(each == id for each, _ in api.declared(TOPIC_POLICY)):
            found["policy"] = state.get("policy", json.dumps(_default_policy(api, id)))
        return found

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for name, attribute in {**ATTRIBUTES, **DEDUPLICATION}.items():
            if name in changed and (name != "policy" or new.get(name)):
                value = text_of(new.get(name, self.defaults.get(name, "")))
                api.client("sns").set_topic_attributes(TopicArn=id, AttributeName=attribute, AttributeValue=value)
        self.retag(api, id, old, new)


class TopicPolicy(LiveResource):
    """The policy of a topic; deletion restores AWS's default, as with the official provider."""

    token = TOPIC_POLICY
    delete_before_replace = True

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, inputs["arn"], {}, inputs, frozenset())
        return str(inputs["arn"])

    def owner_facts(self, found: Props) -> Props:
        return {"arn": found["arn"]}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        api.client("sns").set_topic_attributes(TopicArn=id, AttributeName="Policy", AttributeValue=new["policy"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        self.change(api, id, {}, {"policy": json.dumps(_default_policy(api, id))}, frozenset())


class TopicSubscription(LiveResource):
    token = "aws:sns/topicSubscription:TopicSubscription"
    service = "sns"
    deletion = ("unsubscribe", "SubscriptionArn")
    in_ledger = frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms", "replayPolicy"})

    def make(self, api: Api, inputs: Props) -> str:
        attributes = {
            attribute: text_of(inputs[name])
            for name, attribute in SUBSCRIPTION.items()
            if inputs.get(name) not in (None, "")
        }
        more = {"Attributes": attributes, "ReturnSubscriptionArn": True}
        return str(call(api.client("sns"), "subscribe", inputs, {"topic": "TopicArn"}, **more)["SubscriptionArn"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        return found and {**found, "confirmationWasAuthenticated": found["protocol"] in PROTOCOLS_CONFIRMED}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for name, attribute in SUBSCRIPTION.items():
            if name in changed:
                api.client("sns").set_subscription_attributes(
                    SubscriptionArn=id, AttributeName=attribute, AttributeValue=text_of(new.get(name, ""))
                )


def _default_policy(api: Api, arn: str) -> Props:
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "__default_statement_ID",
                "Principal": {"AWS": "*"},
                "Action": [
                    "SNS:GetTopicAttributes",
                    "SNS:SetTopicAttributes",
                    "SNS:AddPermission",
                    "SNS:RemovePermission",
                    "SNS:DeleteTopic",
                    "SNS:Subscribe",
                    "SNS:ListSubscriptionsByTopic",
                    "SNS:Publish",
                ],
                "Resource": arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": api.account_id}},
            }
        ],
    }
