"""CloudWatch log groups, their metric filters, resource policies and data protection."""

import json
from collections.abc import Iterator

from awsread.services.cloudwatch_logs import filters_of, group_of
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.refusals.gate import refuse_invalid
from sandbox.aws.resource import Api, Live, Props
from sandbox.aws.services.live import LiveResource, args_of

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
    service = "logs"
    creation = ("create_log_group", "=name")
    names = {"name": "logGroupName"}
    tagged_by = "arn"
    auto_name = "name"
    auto_name_max = 512
    in_ledger = frozenset({"deletionProtectionEnabled", "logGroupClass", "skipDestroy"})
    moto_omits = {"deletionProtectionEnabled": False, "logGroupClass": "STANDARD"}

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        days = inputs.get("retentionInDays")
        if isinstance(days, int) and days not in RETENTION_DAYS:
            yield "retentionInDays", f"expected one of {', '.join(map(str, RETENTION_DAYS))} days, got {days}"

    def make(self, api: Api, inputs: Props) -> str:
        return super().make(api, {**inputs, "deletionProtectionEnabled": None})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("retentionInDays"):
            api.client("logs").put_retention_policy(logGroupName=id, retentionInDays=inputs["retentionInDays"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        rekeyed = self.noted(api, id).get("rekeyed")  # moto cannot change the key of a group
        return {**found, "kmsKeyId": rekeyed["kmsKeyId"]} if found and rekeyed else found

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        logs = api.client("logs")
        if "retentionInDays" in changed and new.get("retentionInDays"):
            self.configure(api, id, new)
        elif "retentionInDays" in changed:
            logs.delete_retention_policy(logGroupName=id)
        if "kmsKeyId" in changed:
            if new.get("kmsKeyId"):
                refuse_invalid(logs, "AssociateKmsKey", logGroupName=id, kmsKeyId=new["kmsKeyId"])
            self.note(api, id, rekeyed={"kmsKeyId": new.get("kmsKeyId")})
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.noted(api, id).get("deletionProtectionEnabled"):
            raise StandInError(
                f"DeleteLogGroup: ValidationException: {id} is protected; set deletionProtectionEnabled to false first"
            )
        if not state.get("skipDestroy"):
            api.client("logs").delete_log_group(logGroupName=id)


class LogResourcePolicy(LiveResource):
    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    service = "logs"
    creation = ("put_resource_policy", "=policyName")
    deletion = ("delete_resource_policy", "policyName")
    delete_before_replace = True

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        if not inputs.get("policyName"):
            yield "policyName", "the sandbox knows policies of the account only: give policyName"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)


class LogMetricFilter(LiveResource):
    """Its id is the filter's name; `group:name` at an import."""

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    auto_name = "name"
    auto_name_max = 512
    in_ledger = frozenset({"applyOnTransformedLogs"})

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        group, _, name = id.rpartition(":")
        return super().read(api, name, state or {"logGroupName": group})

    def make(self, api: Api, inputs: Props) -> str:
        wanted = inputs["metricTransformation"]
        default = wanted.get("defaultValue")
        names = {"metricName": "name", "metricNamespace": "namespace", "metricValue": "value"}
        transformation = args_of(wanted, **names, dimensions="dimensions", unit="unit")
        if default not in (None, ""):
            transformation["defaultValue"] = float(default)
        api.client("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs["pattern"],
            metricTransformations=[transformation],
            **args_of(inputs, applyOnTransformedLogs="applyOnTransformedLogs"),
        )
        return str(inputs["name"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.remove(api, id, old)  # moto would add a second one of the name, where AWS overwrites
        self.make(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        for _ in filters_of(api, state["logGroupName"], id):
            api.client("logs").delete_metric_filter(logGroupName=state["logGroupName"], filterName=id)


class LogDataProtectionPolicy(RecordedResource):
    """The data protection of a group; exists only as long as the group."""

    token = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
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
        if group_of(api, name) is None:
            raise StandInError(f"PutDataProtectionPolicy: ResourceNotFoundException: no log group {name!r}")
        return name

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        if group_of(api, id) is None:
            self.delete(api, id, state)
            return None
        return super().read(api, id, state)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
