"""CloudWatch log groups, their metric filters, resource policies and data protection."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.errors import StandInError
from sandbox.aws.model import refuse_invalid
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Live, Props
from sandbox.aws.services.live import LiveResource, arn, given, same_json

RETENTION_DAYS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


class LogGroup(LiveResource):
    token = "aws:cloudwatch/logGroup:LogGroup"
    auto_name = "name"
    auto_name_max = 512
    kept = frozenset({"deletionProtectionEnabled", "logGroupClass", "skipDestroy"})

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        days = inputs.get("retentionInDays")
        if isinstance(days, int) and days not in RETENTION_DAYS:
            yield "retentionInDays", f"expected one of {', '.join(map(str, RETENTION_DAYS))} days, got {days}"

    def make(self, api: Api, inputs: Props) -> str:
        api.client("logs").create_log_group(
            **given(inputs, logGroupName="name", kmsKeyId="kmsKeyId", logGroupClass="logGroupClass"),
            **({"tags": dict(inputs["tags"])} if inputs.get("tags") else {}),
        )
        return str(inputs["name"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("retentionInDays"):
            api.client("logs").put_retention_policy(logGroupName=id, retentionInDays=inputs["retentionInDays"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = _group(api, id)
        if found is None:
            return None
        rekeyed = self.noted(api, id).get("rekeyed")  # moto cannot change the key of a group
        group_arn = arn(api, "logs", f"log-group:{id}")
        return {
            "arn": group_arn,
            "name": id,
            "deletionProtectionEnabled": False,
            "kmsKeyId": rekeyed["kmsKeyId"] if rekeyed else found.get("kmsKeyId"),
            "logGroupClass": "STANDARD",
            "retentionInDays": found.get("retentionInDays", 0),
            "skipDestroy": False,
            "tags": api.client("logs").list_tags_for_resource(resourceArn=group_arn)["tags"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        logs = api.client("logs")
        if "retentionInDays" in changed and new.get("retentionInDays"):
            logs.put_retention_policy(logGroupName=id, retentionInDays=new["retentionInDays"])
        elif "retentionInDays" in changed:
            logs.delete_retention_policy(logGroupName=id)
        if "kmsKeyId" in changed:
            if new.get("kmsKeyId"):
                refuse_invalid(logs, "AssociateKmsKey", logGroupName=id, kmsKeyId=new["kmsKeyId"])
            self.note(api, id, rekeyed={"kmsKeyId": new.get("kmsKeyId")})
        if "tags" in changed:
            group_arn = arn(api, "logs", f"log-group:{id}")
            before, after = old.get("tags") or {}, new.get("tags") or {}
            if stale := [key for key in before if key not in after]:
                logs.untag_resource(resourceArn=group_arn, tagKeys=stale)
            if after:
                logs.tag_resource(resourceArn=group_arn, tags=dict(after))

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.noted(api, id).get("deletionProtectionEnabled"):
            raise StandInError(
                f"DeleteLogGroup: ValidationException: {id} is protected; set deletionProtectionEnabled to false first"
            )
        if not state.get("skipDestroy"):
            api.client("logs").delete_log_group(logGroupName=id)


class LogResourcePolicy(LiveResource):
    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    delete_before_replace = True

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs)
        return str(inputs["policyName"])

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        if not inputs.get("policyName"):
            yield "policyName", "the sandbox knows policies of the account only: give policyName"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = next(
            (
                item
                for item in _pages(api, "describe_resource_policies", "resourcePolicies")
                if item["policyName"] == id
            ),
            None,
        )
        if found is None:
            return None
        return {
            "policyName": id,
            "policyDocument": same_json(state.get("policyDocument"), found["policyDocument"]),
            "policyScope": "ACCOUNT",
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("logs").delete_resource_policy(policyName=id)

    def _put(self, api: Api, inputs: Props) -> None:
        api.client("logs").put_resource_policy(
            **given(inputs, policyName="policyName", policyDocument="policyDocument")
        )


class LogMetricFilter(LiveResource):
    """Its id is the filter's name; an import says `group:name`."""

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    auto_name = "name"
    auto_name_max = 512
    kept = frozenset({"applyOnTransformedLogs"})

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs)
        return str(inputs["name"])

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        group, _, name = id.rpartition(":")
        live = super().read(api, name, state or {"logGroupName": group})
        return None if live is None else Live(inputs=live.inputs, outputs=live.outputs, id=name)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        group = state["logGroupName"]
        found = _filters(api, group, id)
        if not found:
            return None
        transformation = found[-1]["metricTransformations"][0]
        known = (state.get("metricTransformation") or {}).get("defaultValue")
        return {
            "name": id,
            "logGroupName": group,
            "pattern": found[-1]["filterPattern"],
            "metricTransformation": {
                **given(
                    transformation,
                    name="metricName",
                    namespace="metricNamespace",
                    value="metricValue",
                    dimensions="dimensions",
                    unit="unit",
                ),
                **_default_value(transformation.get("defaultValue"), known),
            },
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.remove(api, id, old)  # moto would add a second one of the name, where AWS overwrites
        self._put(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        for _ in _filters(api, state["logGroupName"], id):
            api.client("logs").delete_metric_filter(logGroupName=state["logGroupName"], filterName=id)

    def _put(self, api: Api, inputs: Props) -> None:
        wanted = inputs["metricTransformation"]
        default = wanted.get("defaultValue")
        transformation = given(
            wanted,
            metricName="name",
            metricNamespace="namespace",
            metricValue="value",
            dimensions="dimensions",
            unit="unit",
        ) | ({} if default in (None, "") else {"defaultValue": float(default)})
        api.client("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs["pattern"],
            metricTransformations=[transformation],
            **given(inputs, applyOnTransformedLogs="applyOnTransformedLogs"),
        )


class LogDataProtectionPolicy(RecordedResource):
    """Lives and dies with its group."""

    token = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        document = inputs.get("policyDocument")
        if isinstance(document, str) and not _is_json(document):
            yield "policyDocument", "is not JSON"

    def identity(self, api: Api, inputs: Props) -> str:
        name = str(inputs["logGroupName"])
        refuse_invalid(
            api.client("logs"),
            "PutDataProtectionPolicy",
            logGroupIdentifier=name,
            policyDocument=inputs["policyDocument"],
        )
        if _group(api, name) is None:
            raise StandInError(f"PutDataProtectionPolicy: ResourceNotFoundException: no log group {name!r}")
        return name

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        if _group(api, id) is None:
            self.delete(api, id, state)
            return None
        return super().read(api, id, state)


def _filters(api: Api, group: str, name: str) -> list[Mapping[str, Any]]:
    """All filters of the name, oldest first."""
    answer = or_none(api.client("logs").describe_metric_filters, logGroupName=group, filterNamePrefix=name)
    return [item for item in (answer or {}).get("metricFilters", []) if item["filterName"] == name]


def _default_value(live: Any, known: Any) -> Props:
    """A number in the API, a text in Pulumi: as the state spells it where it means the same."""
    if live is None:
        return {}
    if isinstance(known, str) and known and float(known) == float(live):
        return {"defaultValue": known}
    return {"defaultValue": f"{float(live):g}"}


def _group(api: Api, name: str) -> Mapping[str, Any] | None:
    groups = _pages(api, "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    return next((group for group in groups if group["logGroupName"] == name), None)


def _pages(api: Api, operation: str, key: str, **arguments: Any) -> Iterator[Mapping[str, Any]]:
    for page in api.client("logs").get_paginator(operation).paginate(**arguments):
        yield from page[key]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
