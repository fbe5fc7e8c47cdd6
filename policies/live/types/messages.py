"""Queues, topics, log groups and alarms."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.reader import Props, Reader, only, pick, reader, tags

NUMBERS = {
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "maxMessageSize": "MaximumMessageSize",
    "delaySeconds": "DelaySeconds",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}


def _queue(sqs: Any, node: Node) -> Props:
    found = _queue_attributes(sqs, node)
    own_key = found.get("KmsMasterKeyId")
    return {
        "tags": sqs.list_queue_tags(QueueUrl=node.id).get("Tags", {}),
        "fifoQueue": found.get("FifoQueue") == "true",
        "contentBasedDeduplication": found.get("ContentBasedDeduplication") == "true",
        "sqsManagedSseEnabled": None if own_key else found.get("SqsManagedSseEnabled") == "true",
        "kmsMasterKeyId": own_key,
        "redrivePolicy": found.get("RedrivePolicy"),
        "policy": found.get("Policy") if "policy" in node.inputs else None,
        **{ours: int(found[theirs]) for ours, theirs in NUMBERS.items() if theirs in found},
    }


def _queue_policy(sqs: Any, node: Node) -> Props | None:
    policy = _queue_attributes(sqs, node).get("Policy")
    return {"policy": policy} if policy else None


def _queue_attributes(sqs: Any, node: Node) -> Mapping[str, str]:
    return dict(sqs.get_queue_attributes(QueueUrl=node.id, AttributeNames=["All"])["Attributes"])


def _topic(sns: Any, node: Node) -> Props:
    found = sns.get_topic_attributes(TopicArn=node.id)["Attributes"]
    return {
        "tags": tags(sns.list_tags_for_resource(ResourceArn=node.id)["Tags"]),
        "kmsMasterKeyId": found.get("KmsMasterKeyId"),
        "displayName": found.get("DisplayName"),
        "signatureVersion": int(found["SignatureVersion"]) if "SignatureVersion" in found else None,
    }


def _topic_policy(sns: Any, node: Node) -> Props | None:
    policy = sns.get_topic_attributes(TopicArn=node.id)["Attributes"].get("Policy")
    return {"policy": policy} if policy else None


def _subscription(sns: Any, node: Node) -> Props:
    found = sns.get_subscription_attributes(SubscriptionArn=node.id)["Attributes"]
    raw = found.get("RawMessageDelivery", "false") == "true"
    return {**pick(found, "Endpoint", "Protocol", topic="TopicArn"), "rawMessageDelivery": raw}


def _log_group(logs: Any, node: Node) -> Props | None:
    answer = logs.describe_log_groups(logGroupNamePrefix=node.id)
    found = next((group for group in answer["logGroups"] if group["logGroupName"] == node.id), None)
    if found is None:
        return None
    return {
        "retentionInDays": found.get("retentionInDays", 0),
        "kmsKeyId": found.get("kmsKeyId"),
        "tags": logs.list_tags_log_group(logGroupName=node.id)["tags"],
    }


def _metric_filter(logs: Any, node: Node) -> Props | None:
    group = node.inputs["logGroupName"]
    answer = logs.describe_metric_filters(logGroupName=group, filterNamePrefix=node.id)["metricFilters"]
    found = next((each for each in answer if each["filterName"] == node.id), None)
    if found is None:
        return None
    change = found["metricTransformations"][0]
    told = {"name": change["metricName"], "namespace": change["metricNamespace"], "value": change["metricValue"]}
    before = node.inputs.get("metricTransformation")
    default = before.get("defaultValue") if isinstance(before, Mapping) and "defaultValue" in change else None
    as_text = str(change.get("defaultValue", "")).removesuffix(".0")
    extra = {"defaultValue": default if str(default) == as_text else as_text} if as_text else {}
    return {"pattern": found.get("filterPattern", ""), "logGroupName": group, "metricTransformation": {**told, **extra}}


def _log_policy(logs: Any, node: Node) -> Props | None:
    found = logs.describe_resource_policies()["resourcePolicies"]
    return next(({"policyDocument": each["policyDocument"]} for each in found if each["policyName"] == node.id), None)


def _data_protection(logs: Any, node: Node) -> Props | None:
    policy = logs.get_data_protection_policy(logGroupIdentifier=node.id).get("policyDocument")
    return {"policyDocument": policy, "logGroupName": node.id} if policy else None


ALARM = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
    "Unit",
)


def _alarm(cloudwatch: Any, node: Node) -> Props | None:
    found = only(cloudwatch.describe_alarms(AlarmNames=[node.id], AlarmTypes=["MetricAlarm"]), "MetricAlarms")
    if found is None:
        return None
    dimensions = {each["Name"]: each["Value"] for each in found.get("Dimensions", ())}
    actions = {
        ours: list(found[theirs])
        for ours, theirs in (("okActions", "OKActions"), ("insufficientDataActions", "InsufficientDataActions"))
        if found.get(theirs)
    }
    tagged = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {
        **pick(found, *ALARM),
        "threshold": _whole(found.get("Threshold")),
        **({"dimensions": dimensions} if dimensions else {}),
        **actions,
        "tags": tags(tagged),
    }


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _event_rule(events: Any, node: Node) -> Props:
    found = events.describe_rule(Name=node.id)
    tagged = events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    return {**pick(found, "EventPattern", "ScheduleExpression", "EventBusName", "State"), "tags": tags(tagged)}


def _event_target(events: Any, node: Node) -> Props | None:
    rule, wanted = node.inputs["rule"], node.inputs["targetId"]
    found = next((each for each in events.list_targets_by_rule(Rule=rule)["Targets"] if each["Id"] == wanted), None)
    return None if found is None else {**pick(found, "Arn", "RoleArn"), "rule": rule}


def _composite(cloudwatch: Any, node: Node) -> Props | None:
    found = only(cloudwatch.describe_alarms(AlarmNames=[node.id], AlarmTypes=["CompositeAlarm"]), "CompositeAlarms")
    if found is None:
        return None
    tagged = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    actions = {"okActions": found["OKActions"]} if found.get("OKActions") else {}
    return {**pick(found, "ActionsEnabled", "AlarmActions", "AlarmRule"), **actions, "tags": tags(tagged)}


def _dashboard(cloudwatch: Any, node: Node) -> Props:
    return {"dashboardBody": cloudwatch.get_dashboard(DashboardName=node.id)["DashboardBody"]}


READERS: Mapping[str, Reader] = {
    "aws:sqs/queue:Queue": reader("sqs", _queue),
    "aws:sqs/queuePolicy:QueuePolicy": reader("sqs", _queue_policy, "queueUrl"),
    "aws:sns/topic:Topic": reader("sns", _topic, "fifoTopic", "contentBasedDeduplication", "signatureVersion"),
    "aws:sns/topicPolicy:TopicPolicy": reader("sns", _topic_policy, "arn"),
    "aws:sns/topicSubscription:TopicSubscription": reader(
        "sns", _subscription, "endpointAutoConfirms", "confirmationTimeoutInMinutes"
    ),
    "aws:cloudwatch/logGroup:LogGroup": reader("logs", _log_group, "logGroupClass", "deletionProtectionEnabled"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": reader("logs", _metric_filter),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": reader("logs", _log_policy, "policyName"),
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": reader("logs", _data_protection),
    "aws:cloudwatch/metricAlarm:MetricAlarm": reader("cloudwatch", _alarm, "alarmDescription"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": reader("cloudwatch", _composite, "alarmName", "alarmDescription"),
    "aws:cloudwatch/dashboard:Dashboard": reader("cloudwatch", _dashboard, "dashboardName"),
    "aws:cloudwatch/eventRule:EventRule": reader("events", _event_rule),
    "aws:cloudwatch/eventTarget:EventTarget": reader("events", _event_target, "eventBusName", "targetId"),
}
