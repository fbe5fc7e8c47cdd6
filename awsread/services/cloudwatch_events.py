"""EventBridge rules and their targets."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, same_json, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads
from awsread.schema import schema_of
from awsread.shapes import to_props

DEFAULT_BUS = "default"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
TARGET_NAMES = {  # property → member of the API's Target, where the spelling differs
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


@reads("events", "aws:cloudwatch/eventRule:EventRule")
def event_rule(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    bus, name = bus_and_name(id)
    events = aws.client("events")
    found = or_none(events.describe_rule, Name=name, EventBusName=bus)
    if found is None:
        return None
    enabled = {"isEnabled": found["State"] != "DISABLED"} if "isEnabled" in known else {"state": found["State"]}
    return {
        **enabled,
        **pick(found, "Arn", "RoleArn", "ScheduleExpression"),
        "name": name,
        "description": found.get("Description") or None,
        "eventBusName": bus,
        "eventPattern": same_json(known.get("eventPattern"), found.get("EventPattern") or None),
        "tags": tag_map(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


@reads("events", TARGET)
def event_target(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Found by the state's rule and target, or at an import by the id `rule/target` or `bus/rule/target`."""
    known = known or imported_target(id)
    bus, rule = known.get("eventBusName", DEFAULT_BUS), known["rule"]
    name = known.get("targetId") or id.partition(f"{rule}-")[2]
    answer = or_none(aws.client("events").list_targets_by_rule, Rule=rule, EventBusName=bus)
    found = next((dict(item) for item in (answer or {}).get("Targets", []) if item["Id"] == name), None)
    if found is None:
        return None
    commands = found.pop("RunCommandParameters", {}).get("RunCommandTargets") or ()
    annotations = schema_of(TARGET).inputs.properties
    renamed = {api_name: name for name, api_name in TARGET_NAMES.items()}
    names = {key: renamed.get(key, key[:1].lower() + key[1:]) for key in found}
    return {
        **{name: to_props(found[key], annotations[name], TARGET_NAMES) for key, name in names.items()},
        "runCommandTargets": [{"key": item["Key"], "values": item["Values"]} for item in commands] or None,
        "eventBusName": bus,
        "rule": rule,
    }


def bus_and_name(id: str) -> tuple[str, str]:
    """(bus, rule) of a rule's id, which is `name` or `bus/name`."""
    bus, _, name = id.rpartition("/")
    return bus or DEFAULT_BUS, name


def imported_target(id: str) -> Props:
    """Properties of a target that the id of an import contains."""
    *bus, rule, target = id.split("/")
    return {"eventBusName": bus[0] if bus else DEFAULT_BUS, "rule": rule, "targetId": target}
