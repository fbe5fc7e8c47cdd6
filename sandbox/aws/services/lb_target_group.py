"""Target groups of load balancers."""

from typing import Any

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.lb import LISTENER_TOKEN, arn_suffix, retag_balancer, tags_of
from sandbox.aws.services.live import LiveResource, claims, given, one, tag_list

HEALTH_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
ATTRIBUTES = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
}
FLAGS = frozenset({"connectionTermination", "proxyProtocolV2"})
NUMBERS = frozenset({"deregistrationDelay", "slowStart"})
LAYER_4 = frozenset({"TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"})
NOT_LAYER_4 = frozenset({"loadBalancingAlgorithmType", "slowStart"})
LAYER_4_ONLY = frozenset({"connectionTermination", "preserveClientIp", "proxyProtocolV2"})
STICKINESS = {
    "enabled": "stickiness.enabled",
    "type": "stickiness.type",
    "cookieDuration": "stickiness.lb_cookie.duration_seconds",
    "cookieName": "stickiness.app_cookie.cookie_name",
}


class TargetGroup(LiveResource):
    token = "aws:lb/targetGroup:TargetGroup"
    auto_name = "name"
    auto_name_max = 32
    kept = frozenset(
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
        answer = api.client("elbv2").create_target_group(
            **given(
                inputs,
                Name="name",
                Port="port",
                Protocol="protocol",
                ProtocolVersion="protocolVersion",
                TargetType="targetType",
                VpcId="vpcId",
                IpAddressType="ipAddressType",
            ),
            **_health_arguments(inputs),
            **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
        )
        return str(answer["TargetGroups"][0]["TargetGroupArn"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self._set_attributes(api, id, inputs, frozenset(inputs))
        self.note(api, id, matcher=(inputs.get("healthCheck") or {}).get("matcher"))

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        elb = api.client("elbv2")
        group = one(elb.describe_target_groups, "TargetGroups", TargetGroupArns=[id])
        if group is None:
            return None
        listened = {entry.get("balancer") for _, entry in claims(api, LISTENER_TOKEN)}
        return {
            "arn": id,
            "arnSuffix": arn_suffix(id),
            "loadBalancerArns": sorted(set(group.get("LoadBalancerArns", ())) - listened),
            "name": group["TargetGroupName"],
            "port": group.get("Port"),
            "protocol": group.get("Protocol"),
            "protocolVersion": group.get("ProtocolVersion"),
            "targetType": group["TargetType"],
            "vpcId": group.get("VpcId"),
            "ipAddressType": group.get("IpAddressType"),
            "healthCheck": _health_check(group, self.noted(api, id).get("matcher")),
            "lambdaMultiValueHeadersEnabled": False,
            "tags": tags_of(elb, id),
            **self._live_attributes(elb, id, group, state),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        elb = api.client("elbv2")
        if "healthCheck" in changed:
            elb.modify_target_group(TargetGroupArn=id, **_health_arguments(new))
            self.note(api, id, matcher=(new.get("healthCheck") or {}).get("matcher"))
        self._set_attributes(api, id, new, changed)
        retag_balancer(elb, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("elbv2").delete_target_group(TargetGroupArn=id)

    def _set_attributes(self, api: Api, id: str, inputs: Props, names: frozenset[str]) -> None:
        skipped = NOT_LAYER_4 if inputs.get("protocol") in LAYER_4 else LAYER_4_ONLY
        wanted = {
            key: inputs.get(name, self.defaults.get(name))
            for name, key in ATTRIBUTES.items()
            if name in names - skipped
        }
        if "stickiness" in names and inputs.get("stickiness"):
            stickiness = {"enabled": True, **inputs["stickiness"]}
            wanted |= {key: stickiness.get(name) for name, key in STICKINESS.items()}
        attributes = [{"Key": key, "Value": _text(value)} for key, value in wanted.items() if value is not None]
        if attributes:
            api.client("elbv2").modify_target_group_attributes(TargetGroupArn=id, Attributes=attributes)

    def _live_attributes(self, elb: Any, id: str, group: Props, state: Props) -> Props:
        answer = elb.describe_target_group_attributes(TargetGroupArn=id)
        live = {item["Key"]: item["Value"] for item in answer["Attributes"]}
        skipped = NOT_LAYER_4 if group.get("Protocol") in LAYER_4 else LAYER_4_ONLY
        found: Props = {}
        for name, key in ATTRIBUTES.items():
            value: Any = None if name in skipped else live.get(key)
            if value is not None and name in FLAGS:
                value = value == "true"
            elif value is not None and name in NUMBERS:
                value = int(value)
            found[name] = state.get(name, self.defaults.get(name)) if value is None else value
        stickiness = {name: live[key] for name, key in STICKINESS.items() if live.get(key)}
        if stickiness.get("type"):
            stickiness["enabled"] = stickiness.get("enabled") == "true"
            if "cookieDuration" in stickiness:
                stickiness["cookieDuration"] = int(stickiness["cookieDuration"])
            found["stickiness"] = stickiness
        return found


def _health_arguments(inputs: Props) -> Props:
    check = inputs.get("healthCheck") or {}
    arguments = given(check, **{argument: name for name, argument in HEALTH_CHECK.items()})
    if check.get("matcher"):
        code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
        arguments["Matcher"] = {code: check["matcher"]}
    return arguments


def _health_check(group: Props, noted_matcher: str | None) -> Props:
    """moto forgets the matcher of a layer-4 group that is checked over HTTP: the ledger has it."""
    matcher = group.get("Matcher", {})
    check = {name: group.get(argument) for name, argument in HEALTH_CHECK.items()}
    if group.get("HealthCheckProtocol") in ("HTTP", "HTTPS"):
        check["matcher"] = matcher.get("HttpCode") or matcher.get("GrpcCode") or noted_matcher
    return {name: value for name, value in check.items() if value is not None}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
