"""CloudTrail trails."""

from collections.abc import Iterator, Mapping
from typing import Any

from awsread.services.cloudtrail import MANAGEMENT_EVENTS, SELECTORS
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call, input_shape

KINDS = ("advancedEventSelectors", "eventSelectors")
CATEGORY_FIELD = "eventCategory"


class Trail(LiveResource):
    """Its id is its ARN."""

    token = "aws:cloudtrail/trail:Trail"
    service = "cloudtrail"
    creation = ("create_trail", "TrailARN")
    names = {"cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn", "tags": "TagsList"}
    auto_name = "name"
    auto_name_max = 128
    in_ledger = frozenset({"insightSelectors"})

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
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

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("enableLogging"):
            api.client("cloudtrail").start_logging(Name=id)
        if any(inputs.get(name) for name in KINDS):
            self._select(api, id, inputs)
        if inputs.get("insightSelectors"):
            self._put_insights(api, id, inputs)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        left_over = self.noted(api, id).get("left_over")
        if found is None or not left_over or SELECTORS.to_props(left_over) != found["advancedEventSelectors"]:
            return found
        basic = api.client("cloudtrail").get_event_selectors(TrailName=id).get("EventSelectors") or []
        basic_ones = None if basic == MANAGEMENT_EVENTS else SELECTORS.to_props(basic)
        return {**found, "advancedEventSelectors": None, "eventSelectors": basic_ones}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        cloudtrail = api.client("cloudtrail")
        settings = {name: new.get(name, "") for name in changed - {*KINDS, "tags", "name"}}
        members = {name.lower() for name in input_shape(cloudtrail, "update_trail").members}
        if any(self.names.get(name, name).lower() in members for name in settings):
            call(cloudtrail, "update_trail", settings, self.names, Name=id)
        if "enableLogging" in changed:
            (cloudtrail.start_logging if new.get("enableLogging") else cloudtrail.stop_logging)(Name=id)
        if changed & set(KINDS):
            self._select(api, id, new)
        if "insightSelectors" in changed and new.get("insightSelectors"):
            self._put_insights(api, id, new)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("cloudtrail").delete_trail(Name=id.rpartition("/")[2])  # moto deletes none by ARN, without an error

    def _select(self, api: Api, id: str, inputs: Props) -> None:
        """AWS has one kind of selectors; moto keeps the advanced ones, so the ledger notes them as left over."""
        client, left = api.client("cloudtrail"), None
        if advanced := inputs.get("advancedEventSelectors"):
            client.put_event_selectors(TrailName=id, AdvancedEventSelectors=SELECTORS.to_api(advanced))
        else:
            basic = SELECTORS.to_api(inputs.get("eventSelectors")) or MANAGEMENT_EVENTS
            client.put_event_selectors(TrailName=id, EventSelectors=basic)
            left = client.get_event_selectors(TrailName=id).get("AdvancedEventSelectors")
        self.note(api, id, left_over=left or None)

    def _put_insights(self, api: Api, id: str, inputs: Props) -> None:
        insights = SELECTORS.to_api(inputs["insightSelectors"])
        api.client("cloudtrail").put_insight_selectors(TrailName=id, InsightSelectors=insights)


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The known objects of a list that may be unknown, or contain unknowns."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else [{}]
