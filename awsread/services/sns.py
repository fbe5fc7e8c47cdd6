"""SNS topics, their policies and subscriptions."""

import json
from collections.abc import Mapping
from typing import Any

from awsread.answers import is_true, pick, same_json, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"


@reads("sns", "aws:sns/topic:Topic", fixed="fifoTopic contentBasedDeduplication signatureVersion")
def topic(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A topic, without a policy that is a separate resource."""
    found = attributes_of(aws, id)
    if found is None:
        return None
    apart = any(each == id for each, _ in aws.declared(TOPIC_POLICY) or ())
    version = found.get("SignatureVersion")
    return {
        "arn": id,
        "owner": found["Owner"],
        "name": id.rpartition(":")[2],
        "fifoTopic": is_true(found.get("FifoTopic")),
        "contentBasedDeduplication": is_true(found.get("ContentBasedDeduplication")),
        "deliveryPolicy": same_json(known.get("deliveryPolicy"), found.get("DeliveryPolicy") or None),
        "displayName": found.get("DisplayName") or None,
        "kmsMasterKeyId": found.get("KmsMasterKeyId") or None,
        "policy": None if apart else same_json(known.get("policy"), found.get("Policy")),
        "signatureVersion": int(version) if version else None,
        "tags": tag_map(aws.client("sns").list_tags_for_resource(ResourceArn=id)["Tags"]),
    }


@reads("sns", TOPIC_POLICY, fixed="arn")
def topic_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The topic's policy; None if it is AWS's default."""
    found = attributes_of(aws, id)
    if found is None or json.loads(found["Policy"]).get("Id") == "__default_policy_ID":
        return None
    return {"arn": id, "owner": found["Owner"], "policy": same_json(known.get("policy"), found["Policy"])}


@reads("sns", "aws:sns/topicSubscription:TopicSubscription", fixed="endpointAutoConfirms confirmationTimeoutInMinutes")
def topic_subscription(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    answer = or_none(aws.client("sns").get_subscription_attributes, SubscriptionArn=id)
    if answer is None:
        return None
    found = answer["Attributes"]
    documents = {"deliveryPolicy": "DeliveryPolicy", "filterPolicy": "FilterPolicy", "redrivePolicy": "RedrivePolicy"}
    return {
        "arn": id,
        "ownerId": aws.account_id,
        "confirmationWasAuthenticated": is_true(found.get("ConfirmationWasAuthenticated")),
        "pendingConfirmation": is_true(found.get("PendingConfirmation")),
        **pick(found, "Endpoint", "Protocol", topic="TopicArn"),
        "rawMessageDelivery": is_true(found.get("RawMessageDelivery")),
        **{name: same_json(known.get(name), found.get(key) or None) for name, key in documents.items()},
        "filterPolicyScope": found.get("FilterPolicyScope") or None,
        "subscriptionRoleArn": found.get("SubscriptionRoleArn") or None,
    }


def attributes_of(aws: Aws, arn: str) -> Props | None:
    """All attributes of a topic, None where it is gone."""
    found = or_none(aws.client("sns").get_topic_attributes, TopicArn=arn)
    return None if found is None else dict(found["Attributes"])
