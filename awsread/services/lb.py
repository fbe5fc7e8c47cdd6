"""Load balancers, their target groups and listeners."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from awsread.answers import is_true, one, pick, same_set, tag_map
from awsread.facts import facts_of
from awsread.reader import Aws, Props, reads
from awsread.schema import schema_of
from awsread.shapes import to_props

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
EVERY = frozenset({APPLICATION, NETWORK, GATEWAY})
HTTP_ONLY = frozenset({APPLICATION})
LAYER_4 = frozenset({NETWORK, GATEWAY})
LOGS = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


@dataclass(frozen=True)
class Attribute:
    """An attribute's key, the kinds of balancer that have it, and its default."""

    key: str
    kinds: frozenset[str]
    default: Any

    def parse(self, text: str) -> Any:
        if isinstance(self.default, bool):
            return is_true(text)
        return int(text) if isinstance(self.default, int) else text


ATTRIBUTES = {
    name: Attribute(key, kinds, facts_of(BALANCER).defaults[name])
    for name, key, kinds in (
        ("clientKeepAlive", "client_keep_alive.seconds", HTTP_ONLY),
        ("desyncMitigationMode", "routing.http.desync_mitigation_mode", HTTP_ONLY),
        ("dnsRecordClientRoutingPolicy", "dns_record.client_routing_policy", frozenset({NETWORK})),
        ("dropInvalidHeaderFields", "routing.http.drop_invalid_header_fields.enabled", HTTP_ONLY),
        ("enableCrossZoneLoadBalancing", "load_balancing.cross_zone.enabled", LAYER_4),
        ("enableDeletionProtection", "deletion_protection.enabled", EVERY),
        ("enableHttp2", "routing.http2.enabled", HTTP_ONLY),
        (
            "enableTlsVersionAndCipherSuiteHeaders",
            "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
            HTTP_ONLY,
        ),
        ("enableWafFailOpen", "waf.fail_open.enabled", HTTP_ONLY),
        ("enableXffClientPort", "routing.http.xff_client_port.enabled", HTTP_ONLY),
        ("enableZonalShift", "zonal_shift.config.enabled", frozenset({APPLICATION, NETWORK})),
        ("idleTimeout", "idle_timeout.timeout_seconds", HTTP_ONLY),
        ("preserveHostHeader", "routing.http.preserve_host_header.enabled", HTTP_ONLY),
        ("xffHeaderProcessingMode", "routing.http.xff_header_processing.mode", HTTP_ONLY),
    )
}

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
GROUP_ATTRIBUTES = {
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
LAYER_4_PROTOCOLS = frozenset({"TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"})
NOT_LAYER_4 = frozenset({"loadBalancingAlgorithmType", "slowStart"})
LAYER_4_ONLY = frozenset({"connectionTermination", "preserveClientIp", "proxyProtocolV2"})
STICKINESS = {
    "enabled": "stickiness.enabled",
    "type": "stickiness.type",
    "cookieDuration": "stickiness.lb_cookie.duration_seconds",
    "cookieName": "stickiness.app_cookie.cookie_name",
}
ACTION_NAMES = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
    "targetGroupArn": "TargetGroupArn",
}
IDLE_TIMEOUT = "tcp.idle_timeout.seconds"


@reads("elbv2", BALANCER, fixed="enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
def load_balancer(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    elb = aws.client("elbv2")
    found = one(elb.describe_load_balancers, "LoadBalancers", LoadBalancerArns=[id])
    if found is None:
        return None
    subnets = [zone["SubnetId"] for zone in found["AvailabilityZones"]]
    return {
        "arn": id,
        "arnSuffix": arn_suffix(id),
        **pick(found, "VpcId", dnsName="DNSName", zoneId="CanonicalHostedZoneId", name="LoadBalancerName"),
        "internal": found.get("Scheme") == "internal",
        "loadBalancerType": found["Type"],
        "ipAddressType": found.get("IpAddressType", "ipv4"),
        "securityGroups": same_set(known.get("securityGroups"), found.get("SecurityGroups", ())),
        "subnets": same_set(known.get("subnets"), subnets),
        "subnetMappings": [{"subnetId": subnet} for subnet in sorted(subnets)],
        "tags": tags_of(aws, id),
        **_balancer_attributes(attributes_of(elb, id), found["Type"], known),
    }


def _balancer_attributes(live: Mapping[str, str], kind: str, known: Mapping[str, Any]) -> Props:
    """A balancer's attributes; those that its kind does not have are copied from the state."""
    found: Props = {}
    for name, attribute in ATTRIBUTES.items():
        if kind not in attribute.kinds:
            found[name] = known.get(name, attribute.default)
        else:
            text = live.get(attribute.key)
            found[name] = attribute.default if text is None else attribute.parse(text)
    for name, prefix in LOGS.items():
        logs = {key: live.get(f"{prefix}.{key}") for key in ("bucket", "prefix")}
        is_on = is_true(live.get(f"{prefix}.enabled"))
        if logs["bucket"] and (is_on or known.get(name)):
            found[name] = {key: value for key, value in logs.items() if value} | {"enabled": is_on}
    return found


def attributes_of(elb: Any, arn: str) -> dict[str, str]:
    """Attributes of a load balancer as AWS keeps them: text by key."""
    return _by_key(elb.describe_load_balancer_attributes(LoadBalancerArn=arn))


@reads("elbv2", TARGET_GROUP)
def target_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    elb = aws.client("elbv2")
    found = one(elb.describe_target_groups, "TargetGroups", TargetGroupArns=[id])
    if found is None:
        return None
    return {
        "arn": id,
        "arnSuffix": arn_suffix(id),
        "loadBalancerArns": sorted(found.get("LoadBalancerArns", ())),
        "name": found["TargetGroupName"],
        **pick(found, "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId", "IpAddressType"),
        "healthCheck": _health_check(found),
        "tags": tags_of(aws, id),
        **_group_attributes(_by_key(elb.describe_target_group_attributes(TargetGroupArn=id)), found, known),
    }


def _health_check(found: Mapping[str, Any]) -> Props:
    check = pick(found, **HEALTH_CHECK)
    matcher = found.get("Matcher", {})
    if found.get("HealthCheckProtocol") in ("HTTP", "HTTPS") and matcher:
        check["matcher"] = matcher.get("HttpCode") or matcher.get("GrpcCode")
    return {name: value for name, value in check.items() if value is not None}


def _group_attributes(live: Mapping[str, str], group: Mapping[str, Any], known: Mapping[str, Any]) -> Props:
    skipped = NOT_LAYER_4 if group.get("Protocol") in LAYER_4_PROTOCOLS else LAYER_4_ONLY
    defaults = facts_of(TARGET_GROUP).defaults
    found: Props = {}
    for name, key in GROUP_ATTRIBUTES.items():
        value: Any = None if name in skipped else live.get(key)
        if value is None:
            found[name] = known.get(name, defaults.get(name))
        else:
            found[name] = is_true(value) if name in FLAGS else int(value) if name in NUMBERS else value
    stickiness: Props = {name: live[key] for name, key in STICKINESS.items() if live.get(key)}
    if stickiness.get("type"):
        found["stickiness"] = {**stickiness, "enabled": is_true(stickiness.get("enabled"))}
        if "cookieDuration" in stickiness:
            found["stickiness"]["cookieDuration"] = int(stickiness["cookieDuration"])
    return found


@reads("elbv2", LISTENER)
def listener(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    elb = aws.client("elbv2")
    found = one(elb.describe_listeners, "Listeners", ListenerArns=[id])
    if found is None:
        return None
    certificates = found.get("Certificates") or [{}]
    actions = schema_of(LISTENER).inputs.properties["defaultActions"]
    protocol = found.get("Protocol")
    return {
        "arn": id,
        **pick(found, "LoadBalancerArn", "Port", "Protocol"),
        "sslPolicy": found.get("SslPolicy") if protocol in ("HTTPS", "TLS") else None,
        "certificateArn": certificates[0].get("CertificateArn"),
        "defaultActions": to_props(found["DefaultActions"], actions, ACTION_NAMES),
        "tcpIdleTimeoutSeconds": _idle_timeout(elb, id) if protocol == "TCP" else None,
        "tags": tags_of(aws, id),
    }


def _idle_timeout(elb: Any, id: str) -> int | None:
    text = _by_key(elb.describe_listener_attributes(ListenerArn=id)).get(IDLE_TIMEOUT)
    return int(text) if text else None


def arn_suffix(arn: str) -> str:
    """The name of a balancer or target group in metrics."""
    match = re.search(r":(?:loadbalancer/(?P<balancer>.+)|(?P<group>targetgroup/.+))$", arn)
    return (match["balancer"] or match["group"]) if match else ""


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    return tag_map((one(aws.client("elbv2").describe_tags, "TagDescriptions", ResourceArns=[arn]) or {}).get("Tags"))


def _by_key(answer: Mapping[str, Any]) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in answer["Attributes"]}
