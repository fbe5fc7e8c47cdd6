"""CloudWatch log groups, their metric filters, resource policies and data protection."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import arn, pages, pick, same_json, same_number, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("logs", "aws:cloudwatch/logGroup:LogGroup", fixed="logGroupClass deletionProtectionEnabled")
def log_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = group_of(aws, id)
    if found is None:
        return None
    group_arn = arn(aws, "logs", f"log-group:{id}")
    return {
        "arn": group_arn,
        "name": id,
        **pick(found, kmsKeyId="kmsKeyId", logGroupClass="logGroupClass"),
        "retentionInDays": found.get("retentionInDays", 0),
        "tags": tag_map(aws.client("logs").list_tags_for_resource(resourceArn=group_arn)["tags"]),
    }


@reads("logs", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", fixed="policyName")
def log_resource_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    policies = pages(aws.client("logs"), "describe_resource_policies", "resourcePolicies")
    found = next((each for each in policies if each["policyName"] == id), None)
    if found is None:
        return None
    document = same_json(known.get("policyDocument"), found["policyDocument"])
    return {"policyName": id, "policyDocument": document, "policyScope": "ACCOUNT"}


@reads("logs", "aws:cloudwatch/logMetricFilter:LogMetricFilter")
def log_metric_filter(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Found by its name and the state's group, or at an import by the id `group:name`."""
    group, _, name = id.rpartition(":")
    group = known.get("logGroupName") or group
    found = filters_of(aws, group, name)
    if not found:
        return None
    live = found[-1]["metricTransformations"][0]
    names = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}
    default = live.get("defaultValue")
    if default is not None:  # a number in the API, a text in Pulumi
        default = same_number((known.get("metricTransformation") or {}).get("defaultValue"), f"{float(default):g}")
    return {
        "name": name,
        "logGroupName": group,
        "pattern": found[-1].get("filterPattern", ""),
        "metricTransformation": {
            **pick(live, **names, dimensions="dimensions", unit="unit"),
            **({} if default is None else {"defaultValue": default}),
        },
    }


@reads("logs", "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy")
def log_data_protection_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(aws.client("logs").get_data_protection_policy, logGroupIdentifier=id) or {}
    if not found.get("policyDocument"):
        return None
    document = same_json(known.get("policyDocument"), found["policyDocument"])
    return {"policyDocument": document, "logGroupName": id}


def group_of(aws: Aws, name: str) -> Props | None:
    groups = pages(aws.client("logs"), "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    return next((group for group in groups if group["logGroupName"] == name), None)


def filters_of(aws: Aws, group: str, name: str) -> list[Props]:
    """The metric filters of a name, oldest first."""
    answer = or_none(aws.client("logs").describe_metric_filters, logGroupName=group, filterNamePrefix=name)
    return [item for item in (answer or {}).get("metricFilters", []) if item["filterName"] == name]
