"""Target groups of load balancers."""

from awsread.services.lb import (
    GROUP_ATTRIBUTES,
    HEALTH_CHECK,
    LAYER_4_ONLY,
    LAYER_4_PROTOCOLS,
    LISTENER,
    NOT_LAYER_4,
    STICKINESS,
    TARGET_GROUP,
)
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import call, text_of


class TargetGroup(LiveResource):
    token = TARGET_GROUP
    service = "elbv2"
    deletion = ("delete_target_group", "TargetGroupArn")
    auto_name = "name"
    auto_name_max = 32
    in_ledger = frozenset(
        {
            "lambdaMultiValueHeadersEnabled",
            "loadBalancingAnomalyMitigation",
            "namePrefix",
            "targetControlPort",
            "targetFailovers",
            "targetGroupHealth",
            "targetHealthStates",
        }
    )

    def make(self, api: Api, inputs: Props) -> str:
        plain = {name: value for name, value in inputs.items() if name not in self.in_ledger}
        answer = call(api.client("elbv2"), "create_target_group", plain, **_health_arguments(inputs))
        return str(answer["TargetGroups"][0]["TargetGroupArn"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self._set_attributes(api, id, inputs, frozenset(inputs))
        self.note(api, id, matcher=(inputs.get("healthCheck") or {}).get("matcher"))

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        """moto does not store the matcher of a layer-4 group with HTTP checks; the ledger has it."""
        found = super().read_live(api, id, state)
        if found is None:
            return None
        listened = {entry.get("loadBalancerArn") for _, entry in api.declared(LISTENER)}
        matcher = self.noted(api, id).get("matcher")
        by_http = found["healthCheck"].get("protocol") in ("HTTP", "HTTPS")
        return {
            **found,
            "loadBalancerArns": sorted(set(found["loadBalancerArns"]) - listened),
            "healthCheck": {**({"matcher": matcher} if by_http and matcher else {}), **found["healthCheck"]},
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "healthCheck" in changed:
            api.client("elbv2").modify_target_group(TargetGroupArn=id, **_health_arguments(new))
            self.note(api, id, matcher=(new.get("healthCheck") or {}).get("matcher"))
        self._set_attributes(api, id, new, changed)
        self.retag(api, id, old, new)

    def _set_attributes(self, api: Api, id: str, inputs: Props, names: frozenset[str]) -> None:
        skipped = NOT_LAYER_4 if inputs.get("protocol") in LAYER_4_PROTOCOLS else LAYER_4_ONLY
        wanted = {
            key: inputs.get(name, self.defaults.get(name))
            for name, key in GROUP_ATTRIBUTES.items()
            if name in names - skipped
        }
        if "stickiness" in names and inputs.get("stickiness"):
            stickiness = {"enabled": True, **inputs["stickiness"]}
            wanted |= {key: stickiness.get(name) for name, key in STICKINESS.items()}
        attributes = [{"Key": key, "Value": text_of(value)} for key, value in wanted.items() if value is not None]
        if attributes:
            api.client("elbv2").modify_target_group_attributes(TargetGroupArn=id, Attributes=attributes)


def _health_arguments(inputs: Props) -> Props:
    check = inputs.get("healthCheck") or {}
    arguments = args_of(check, **{argument: name for name, argument in HEALTH_CHECK.items()})
    if check.get("matcher"):
        code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
        arguments["Matcher"] = {code: check["matcher"]}
    return arguments
