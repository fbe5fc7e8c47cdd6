"""CloudTrail trails."""

from collections.abc import Iterator, Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, given, tag_list, tag_map
from sandbox.aws.services.spelling import Spelling

PLAIN = {
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "enableLogFileValidation": "EnableLogFileValidation",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "isOrganizationTrail": "IsOrganizationTrail",
    "kmsKeyId": "KmsKeyId",
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "snsTopicName": "SnsTopicName",
}
ANSWERED = {**PLAIN, "enableLogFileValidation": "LogFileValidationEnabled"}
SELECTORS = ("advancedEventSelectors", "eventSelectors")
SPELLING = Spelling(
    {
        "endsWiths": "EndsWith",
        "notEndsWiths": "NotEndsWith",
        "notStartsWiths": "NotStartsWith",
        "startsWiths": "StartsWith",
    }
)
MANAGEMENT_EVENTS = [
    {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
]  # what AWS starts with
CATEGORY_FIELD = "eventCategory"


class Trail(LiveResource):
    """Its id is its ARN."""

    token = "aws:cloudtrail/trail:Trail"
    auto_name = "name"
    auto_name_max = 128
    kept = frozenset({"insightSelectors"})

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        advanced = inputs.get("advancedEventSelectors")
        if advanced and inputs.get("eventSelectors"):
            yield "eventSelectors", "conflicts with advancedEventSelectors: give one of them"
        for index, selector in enumerate(advanced if isinstance(advanced, list) else []):
            fields = [item.get("field") for item in _maps(_maps([selector])[0].get("fieldSelectors"))]
            if all(isinstance(field, str) for field in fields) and CATEGORY_FIELD not in fields:
                path = f"advancedEventSelectors[{index}].fieldSelectors"
                yield path, f"AWS wants one with field {CATEGORY_FIELD!r}, got {', '.join(map(str, fields)) or 'none'}"
        if inputs.get("isMultiRegionTrail") is True and inputs.get("includeGlobalServiceEvents") is False:
            yield "includeGlobalServiceEvents", "must be true for a trail of all regions"

    def make(self, api: Api, inputs: Props) -> str:
        trail = api.client("cloudtrail").create_trail(
            Name=inputs["name"], **_plain(inputs), TagsList=tag_list(inputs.get("tags"))
        )
        return str(trail["TrailARN"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("enableLogging"):
            api.client("cloudtrail").start_logging(Name=id)
        if any(inputs.get(name) for name in SELECTORS):
            self._select(api, id, inputs)
        if inputs.get("insightSelectors"):
            self._put_insights(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        cloudtrail = api.client("cloudtrail")
        answer = or_none(cloudtrail.get_trail, Name=id)
        if answer is None:
            return None
        trail = answer["Trail"]
        tags = cloudtrail.list_tags(ResourceIdList=[id])["ResourceTagList"]
        return {
            **{name: trail[key] for name, key in ANSWERED.items() if trail.get(key) not in (None, "")},
            **self._selected(api, id),
            "arn": id,
            "name": trail["Name"],
            "homeRegion": trail.get("HomeRegion", api.region),
            "snsTopicArn": trail.get("SnsTopicARN"),
            "enableLogging": bool(cloudtrail.get_trail_status(Name=id)["IsLogging"]),
            "tags": tag_map(tags[0]["TagsList"] if tags else []),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        cloudtrail = api.client("cloudtrail")
        if parameters := {PLAIN[name]: new.get(name, "") for name in PLAIN if name in changed}:
            cloudtrail.update_trail(Name=id, **parameters)
        if "enableLogging" in changed:
            (cloudtrail.start_logging if new.get("enableLogging") else cloudtrail.stop_logging)(Name=id)
        if changed & set(SELECTORS):
            self._select(api, id, new)
        if "insightSelectors" in changed and new.get("insightSelectors"):
            self._put_insights(api, id, new)
        if "tags" in changed:
            before, after = old.get("tags") or {}, new.get("tags") or {}
            if stale := {key: value for key, value in before.items() if key not in after}:
                cloudtrail.remove_tags(ResourceId=id, TagsList=tag_list(stale))
            if after:
                cloudtrail.add_tags(ResourceId=id, TagsList=tag_list(after))

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("cloudtrail").delete_trail(Name=id.rpartition("/")[2])  # moto deletes none by ARN, and says nothing

    def _select(self, api: Api, id: str, inputs: Props) -> None:
        """AWS holds one kind of selectors; moto keeps the advanced ones beside, so they are noted as left over."""
        advanced = inputs.get("advancedEventSelectors")
        client = api.client("cloudtrail")
        if advanced:
            client.put_event_selectors(TrailName=id, AdvancedEventSelectors=SPELLING.to_api(advanced))
            self.note(api, id, left_over=None)
        else:
            basic = SPELLING.to_api(inputs.get("eventSelectors")) or MANAGEMENT_EVENTS
            client.put_event_selectors(TrailName=id, EventSelectors=basic)
            left = client.get_event_selectors(TrailName=id).get("AdvancedEventSelectors")
            self.note(api, id, left_over=left or None)

    def _selected(self, api: Api, id: str) -> Props:
        answer = api.client("cloudtrail").get_event_selectors(TrailName=id)
        advanced, basic = answer.get("AdvancedEventSelectors") or [], answer.get("EventSelectors") or []
        if advanced and advanced != self.noted(api, id).get("left_over"):
            return {"advancedEventSelectors": SPELLING.to_props(advanced)}
        return {} if basic == MANAGEMENT_EVENTS else {"eventSelectors": SPELLING.to_props(basic)}

    def _put_insights(self, api: Api, id: str, inputs: Props) -> None:
        api.client("cloudtrail").put_insight_selectors(
            TrailName=id, InsightSelectors=SPELLING.to_api(inputs["insightSelectors"])
        )


def _plain(inputs: Props) -> Props:
    return given(inputs, **{parameter: name for name, parameter in PLAIN.items()})


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The known objects of a list that may be unknown, or hold unknowns."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else [{}]
