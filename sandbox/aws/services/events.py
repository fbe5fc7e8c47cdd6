"""EventBridge rules and their targets."""

import secrets
from collections.abc import Iterator

from awsread.services.cloudwatch_events import DEFAULT_BUS, TARGET, TARGET_NAMES, bus_and_name, imported_target
from sandbox.aws.resource import Api, Live, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call, to_api

NOT_OF_THE_TARGET = frozenset({"rule", "eventBusName", "forceDestroy", "region", "runCommandTargets"})


class EventRule(LiveResource):
    """Its id is the rule's name, on another bus than the default one `bus/name`."""

    token = "aws:cloudwatch/eventRule:EventRule"
    service = "events"
    tagged_by = "arn"
    auto_name = "name"
    auto_name_max = 64
    in_ledger = frozenset({"forceDestroy"})

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        if not inputs.get("eventPattern") and not inputs.get("scheduleExpression"):
            yield "eventPattern", "give eventPattern or scheduleExpression"
        if inputs.get("isEnabled") is not None and inputs.get("state") is not None:
            yield "isEnabled", "conflicts with state: give one of them"

    def make(self, api: Api, inputs: Props) -> str:
        state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
        call(api.client("events"), "put_rule", {**inputs, "state": state})
        bus = inputs.get("eventBusName", DEFAULT_BUS)
        return str(inputs["name"]) if bus == DEFAULT_BUS else f"{bus}/{inputs['name']}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags", "forceDestroy"}:
            self.make(api, {**new, "tags": None})
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        bus, name = bus_and_name(id)
        api.client("events").delete_rule(Name=name, EventBusName=bus)


class EventTarget(LiveResource):
    """Its id is `rule-target`, on another bus than the default one `bus-rule-target`; `rule/target` at an import."""

    token = TARGET
    in_ledger = frozenset({"forceDestroy"})

    def make(self, api: Api, inputs: Props) -> str:
        named = {**inputs, "targetId": inputs.get("targetId") or f"terraform-{secrets.token_hex(13)}"}
        self._put(api, named)
        return self.canonical_id(api, "", named)

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        known = state or imported_target(id)
        return super().read(api, self.canonical_id(api, id, known), known)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        return super().read_live(api, id, {"targetId": id.partition(f"{state['rule']}-")[2], **state})

    def canonical_id(self, api: Api, id: str, outputs: Props) -> str:
        bus = outputs.get("eventBusName", DEFAULT_BUS)
        parts = (outputs["rule"], outputs["targetId"])
        return "-".join(map(str, parts if bus == DEFAULT_BUS else (bus, *parts)))

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
        wanted = {key: value for key, value in inputs.items() if key not in NOT_OF_THE_TARGET}
        target = to_api(wanted, shape, TARGET_NAMES)
        if inputs.get("runCommandTargets"):
            commands = [{"Key": item["key"], "Values": item["values"]} for item in inputs["runCommandTargets"]]
            target["RunCommandParameters"] = {"RunCommandTargets": commands}
        events.put_targets(Rule=inputs["rule"], EventBusName=inputs.get("eventBusName", DEFAULT_BUS), Targets=[target])
