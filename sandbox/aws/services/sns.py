"""SNS topics, their policies and subscriptions."""

import json
from collections.abc import Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, given, same_json, tag_list, tag_map

PROTOCOLS_CONFIRMED = frozenset({"sqs", "lambda", "firehose", "application", "sms"})  # AWS asks nobody
FEEDBACK = frozenset(
    f"{protocol}{what}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
FORGOTTEN = FEEDBACK | {
    "archivePolicy",
    "fifoThroughputScope",
    "maximumMessageSize",
    "signatureVersion",
    "tracingConfig",
}
ANSWERED = {
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}
POLICY_TOKEN = "aws:sns/topicPolicy:TopicPolicy"


class Topic(LiveResource):
    token = "aws:sns/topic:Topic"
    auto_name = "name"
    auto_name_max = 256
    kept = FORGOTTEN

    def name_for(self, name: str, inputs: Props) -> str:
        return f"{name}.fifo" if inputs.get("fifoTopic") is True else name

    def make(self, api: Api, inputs: Props) -> str:
        attributes = {attribute: inputs[name] for name, attribute in ANSWERED.items() if inputs.get(name)}
        if inputs.get("fifoTopic"):
            attributes |= {
                "FifoTopic": "true",
                "ContentBasedDeduplication": _text(inputs.get("contentBasedDeduplication", False)),
            }
        answer = api.client("sns").create_topic(
            Name=inputs["name"], Attributes=attributes, Tags=tag_list(inputs.get("tags"))
        )
        return str(answer["TopicArn"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        sns = api.client("sns")
        found = or_none(sns.get_topic_attributes, TopicArn=id)
        if found is None:
            return None
        attributes = found["Attributes"]
        policy = same_json(state.get("policy"), attributes.get("Policy"))
        if api.ledger.get(api.region, POLICY_TOKEN, id) is not None:  # a policy resource's to report
            policy = state.get("policy", json.dumps(_default_policy(api, id)))
        return {
            "arn": id,
            "owner": attributes["Owner"],
            "name": id.rpartition(":")[2],
            "fifoTopic": _flag(attributes.get("FifoTopic")),
            "contentBasedDeduplication": _flag(attributes.get("ContentBasedDeduplication")),
            "deliveryPolicy": same_json(state.get("deliveryPolicy"), attributes.get("DeliveryPolicy") or None),
            "displayName": attributes.get("DisplayName") or None,
            "kmsMasterKeyId": attributes.get("KmsMasterKeyId") or None,
            "policy": policy,
            "tags": tag_map(sns.list_tags_for_resource(ResourceArn=id)["Tags"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        sns = api.client("sns")
        for name, attribute in ANSWERED.items():
            if name in changed and (name != "policy" or new.get(name)):
                sns.set_topic_attributes(TopicArn=id, AttributeName=attribute, AttributeValue=new.get(name, ""))
        if "contentBasedDeduplication" in changed:
            sns.set_topic_attributes(
                TopicArn=id,
                AttributeName="ContentBasedDeduplication",
                AttributeValue=_text(new.get("contentBasedDeduplication", False)),
            )
        if "tags" in changed:
            retag(sns, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("sns").delete_topic(TopicArn=id)


class TopicPolicy(LiveResource):
    """The policy of a topic; deleting it puts AWS's default back, as the official provider does."""

    token = POLICY_TOKEN
    delete_before_replace = True

    def make(self, api: Api, inputs: Props) -> str:
        arn = str(inputs["arn"])
        self._put(api, arn, inputs["policy"])
        self.note(api, arn, owned=True)
        return arn

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = or_none(api.client("sns").get_topic_attributes, TopicArn=id)
        if found is None or _is_default(found["Attributes"]["Policy"]):
            return None
        if not self.noted(api, id):
            self.note(api, id, owned=True)
        attributes = found["Attributes"]
        return {
            "arn": id,
            "owner": attributes["Owner"],
            "policy": same_json(state.get("policy"), attributes["Policy"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, id, new["policy"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._put(api, id, json.dumps(_default_policy(api, id)))

    def _put(self, api: Api, arn: str, policy: str) -> None:
        api.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


class TopicSubscription(LiveResource):
    token = "aws:sns/topicSubscription:TopicSubscription"
    kept = frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms", "replayPolicy"})

    ATTRIBUTES: Mapping[str, str] = {
        "filterPolicyScope": "FilterPolicyScope",  # first: AWS reads the filter policy by it
        "deliveryPolicy": "DeliveryPolicy",
        "filterPolicy": "FilterPolicy",
        "rawMessageDelivery": "RawMessageDelivery",
        "redrivePolicy": "RedrivePolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    }

    def make(self, api: Api, inputs: Props) -> str:
        attributes = {
            attribute: _text(inputs[name])
            for name, attribute in self.ATTRIBUTES.items()
            if inputs.get(name) not in (None, "")
        }
        answer = api.client("sns").subscribe(
            **given(inputs, TopicArn="topic", Protocol="protocol", Endpoint="endpoint"),
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = or_none(api.client("sns").get_subscription_attributes, SubscriptionArn=id)
        if found is None:
            return None
        attributes = found["Attributes"]
        protocol = attributes["Protocol"]
        return {
            **self.defaults,
            "arn": id,
            "ownerId": api.account_id,
            "confirmationWasAuthenticated": protocol in PROTOCOLS_CONFIRMED,
            "pendingConfirmation": _flag(attributes.get("PendingConfirmation")),
            "endpoint": attributes["Endpoint"],
            "protocol": protocol,
            "topic": attributes["TopicArn"],
            "rawMessageDelivery": _flag(attributes.get("RawMessageDelivery")),
            "deliveryPolicy": same_json(state.get("deliveryPolicy"), attributes.get("DeliveryPolicy") or None),
            "filterPolicy": same_json(state.get("filterPolicy"), attributes.get("FilterPolicy") or None),
            "filterPolicyScope": attributes.get("FilterPolicyScope") or None,
            "redrivePolicy": same_json(state.get("redrivePolicy"), attributes.get("RedrivePolicy") or None),
            "subscriptionRoleArn": attributes.get("SubscriptionRoleArn") or None,
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for name, attribute in self.ATTRIBUTES.items():
            if name in changed:
                api.client("sns").set_subscription_attributes(
                    SubscriptionArn=id, AttributeName=attribute, AttributeValue=_text(new.get(name, ""))
                )

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("sns").unsubscribe(SubscriptionArn=id)


def retag(client: Any, arn: str, old: Props, new: Props) -> None:
    """Makes the tags of an ARN those of `new`, for services that spell it TagResource(ResourceArn, Tags)."""
    before, after = old.get("tags") or {}, new.get("tags") or {}
    if stale := [key for key in before if key not in after]:
        client.untag_resource(ResourceArn=arn, TagKeys=stale)
    if after:
        client.tag_resource(ResourceArn=arn, Tags=tag_list(after))


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


def _is_default(policy: str) -> bool:
    return bool(json.loads(policy).get("Id") == "__default_policy_ID")


def _flag(value: Any) -> bool:
    return str(value).lower() == "true"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
