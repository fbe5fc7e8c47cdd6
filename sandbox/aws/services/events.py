"""EventBridge rules and their targets."""

import secrets
from collections.abc import Iterator
from typing import Any

from awsread.errors import or_none
from awsread.schema import schema_of
from sandbox.aws.resource import Api, Live, Props
from sandbox.aws.services.live import LiveResource, given, same_json, tag_list, tag_map
from sandbox.aws.services.shapes import to_api, to_props

DEFAULT_BUS = "default"
TARGET_NAMES = {  # Pulumi property → member of the API's Target, where the spelling differs
    "appsyncTarget": "AppSyncParameters",
    "batchTarget": "BatchParameters",
    "ecsTarget": "EcsParameters",
    "httpTarget": "HttpParameters",
    "inputPaths": "InputPathsMap",
    "kinesisTarget": "KinesisParameters",
    "pipelineParameterLists": "PipelineParameterList",
    "redshiftTarget": "RedshiftDataParameters",
    "sagemakerPipelineTarget": "SageMakerPipelineParameters",
    "sqsTarget": "SqsParameters",
    "targetId": "Id",
}
OF_RULE = frozenset({"rule", "eventBusName", "forceDestroy", "region", "runCommandTargets"})


class EventRule(LiveResource):
    """Its id is the rule's name, on another bus than the default one `bus/name`."""

    token = "aws:cloudwatch/eventRule:EventRule"
    auto_name = "name"
    auto_name_max = 64
    kept = frozenset({"forceDestroy"})

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        if not inputs.get("eventPattern") and not inputs.get("scheduleExpression"):
            yield "eventPattern", "give eventPattern or scheduleExpression"
        if inputs.get("isEnabled") is not None and inputs.get("state") is not None:
            yield "isEnabled", "conflicts with state: give one of them"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs, Tags=tag_list(inputs.get("tags")))
        bus = inputs.get("eventBusName", DEFAULT_BUS)
        return str(inputs["name"]) if bus == DEFAULT_BUS else f"{bus}/{inputs['name']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        bus, name = bus_and_name(id)
        events = api.client("events")
        found = or_none(events.describe_rule, Name=name, EventBusName=bus)
        if found is None:
            return None
        enabled = {"isEnabled": found["State"] != "DISABLED"} if "isEnabled" in state else {"state": found["State"]}
        return {
            **enabled,
            "arn": found["Arn"],
            "name": name,
            "description": found.get("Description") or None,
            "eventBusName": bus,
            "eventPattern": same_json(state.get("eventPattern"), found.get("EventPattern") or None),
            "forceDestroy": False,
            "roleArn": found.get("RoleArn"),
            "scheduleExpression": found.get("ScheduleExpression"),
            "tags": tag_map(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags", "forceDestroy"}:
            self._put(api, new)
        if "tags" in changed:
            events = api.client("events")
            before, after = old.get("tags") or {}, new.get("tags") or {}
            if stale := [key for key in before if key not in after]:
                events.untag_resource(ResourceARN=old["arn"], TagKeys=stale)
            if after:
                events.tag_resource(ResourceARN=old["arn"], Tags=tag_list(after))

    def remove(self, api: Api, id: str, state: Props) -> None:
        bus, name = bus_and_name(id)
        api.client("events").delete_rule(Name=name, EventBusName=bus)

    def _put(self, api: Api, inputs: Props, **more: Any) -> None:
        state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
        api.client("events").put_rule(
            **given(
                inputs,
                Name="name",
                Description="description",
                EventBusName="eventBusName",
                EventPattern="eventPattern",
                RoleArn="roleArn",
                ScheduleExpression="scheduleExpression",
            ),
            State=state,
            **more,
        )


class EventTarget(LiveResource):
    """Its id is `rule-target`, on another bus than the default one `bus-rule-target`; an import says `rule/target`."""

    token = "aws:cloudwatch/eventTarget:EventTarget"
    kept = frozenset({"forceDestroy"})

    def make(self, api: Api, inputs: Props) -> str:
        named = {**inputs, "targetId": inputs.get("targetId") or f"terraform-{secrets.token_hex(13)}"}
        self._put(api, named)
        return _target_id(named)

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        known = state or _imported(id)
        live = super().read(api, _target_id(known), known)
        return None if live is None else Live(inputs=live.inputs, outputs=live.outputs, id=_target_id(live.outputs))

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        bus, rule = state.get("eventBusName", DEFAULT_BUS), state["rule"]
        name = state.get("targetId") or id.partition(f"{rule}-")[2]
        answer = or_none(api.client("events").list_targets_by_rule, Rule=rule, EventBusName=bus)
        found = next((item for item in (answer or {}).get("Targets", []) if item["Id"] == name), None)
        if found is None:
            return None
        commands = found.pop("RunCommandParameters", {}).get("RunCommandTargets")
        annotations = schema_of(self.token).inputs.properties
        renamed = {api_name: name for name, api_name in TARGET_NAMES.items()}
        result = {}
        for key, value in found.items():
            name = renamed.get(key, key[:1].lower() + key[1:])
            result[name] = to_props(value, annotations[name], TARGET_NAMES)
        if commands:
            result["runCommandTargets"] = [{"key": item["Key"], "values": item["Values"]} for item in commands]
        return {"forceDestroy": False, **result, "eventBusName": bus, "rule": rule}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, {**new, "targetId": old["targetId"]})
        new.setdefault("targetId", old["targetId"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("events").remove_targets(
            Rule=state["rule"], EventBusName=state.get("eventBusName", DEFAULT_BUS), Ids=[state["targetId"]]
        )

    def _put(self, api: Api, inputs: Props) -> None:
        events = api.client("events")
        shape = events.meta.service_model.shape_for("Target")
        target = to_api({key: value for key, value in inputs.items() if key not in OF_RULE}, shape, TARGET_NAMES)
        if inputs.get("runCommandTargets"):
            commands = [{"Key": item["key"], "Values": item["values"]} for item in inputs["runCommandTargets"]]
            target["RunCommandParameters"] = {"RunCommandTargets": commands}
        events.put_targets(Rule=inputs["rule"], EventBusName=inputs.get("eventBusName", DEFAULT_BUS), Targets=[target])


def bus_and_name(id: str) -> tuple[str, str]:
    """(bus, rule) of a rule's id."""
    bus, _, name = id.rpartition("/")
    return bus or DEFAULT_BUS, name


def _target_id(inputs: Props) -> str:
    bus = inputs.get("eventBusName", DEFAULT_BUS)
    parts = (inputs["rule"], inputs["targetId"]) if bus == DEFAULT_BUS else (bus, inputs["rule"], inputs["targetId"])
    return "-".join(map(str, parts))


def _imported(id: str) -> Props:
    *bus, rule, target = id.split("/")
    return {"eventBusName": bus[0] if bus else DEFAULT_BUS, "rule": rule, "targetId": target}
