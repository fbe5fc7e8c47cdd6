"""Load balancers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws.errors import InvalidParameterError, StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, given, one, same_set, tag_list, tag_map

LISTENER_TOKEN = "aws:lb/listener:Listener"
APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
EVERY = frozenset({APPLICATION, NETWORK, GATEWAY})
HTTP_ONLY = frozenset({APPLICATION})
LAYER_4 = frozenset({NETWORK, GATEWAY})
LOGS = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


@dataclass(frozen=True)
class Attribute:
    """A load balancer attribute: its key, the kinds of balancer that have it, and what it is where nobody set it."""

    key: str
    kinds: frozenset[str]
    default: bool | int | str

    def parse(self, text: str) -> bool | int | str:
        if isinstance(self.default, bool):
            return text == "true"
        return int(text) if isinstance(self.default, int) else text


ATTRIBUTES = {
    "clientKeepAlive": Attribute("client_keep_alive.seconds", HTTP_ONLY, 3600),
    "desyncMitigationMode": Attribute("routing.http.desync_mitigation_mode", HTTP_ONLY, "defensive"),
    "dnsRecordClientRoutingPolicy": Attribute(
        "dns_record.client_routing_policy", frozenset({NETWORK}), "any_availability_zone"
    ),
    "dropInvalidHeaderFields": Attribute("routing.http.drop_invalid_header_fields.enabled", HTTP_ONLY, False),
    "enableCrossZoneLoadBalancing": Attribute("load_balancing.cross_zone.enabled", LAYER_4, False),
    "enableDeletionProtection": Attribute("deletion_protection.enabled", EVERY, False),
    "enableHttp2": Attribute("routing.http2.enabled", HTTP_ONLY, True),
    "enableTlsVersionAndCipherSuiteHeaders": Attribute(
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", HTTP_ONLY, False
    ),
    "enableWafFailOpen": Attribute("waf.fail_open.enabled", HTTP_ONLY, False),
    "enableXffClientPort": Attribute("routing.http.xff_client_port.enabled", HTTP_ONLY, False),
    "enableZonalShift": Attribute("zonal_shift.config.enabled", frozenset({APPLICATION, NETWORK}), False),
    "idleTimeout": Attribute("idle_timeout.timeout_seconds", HTTP_ONLY, 60),
    "preserveHostHeader": Attribute("routing.http.preserve_host_header.enabled", HTTP_ONLY, False),
    "xffHeaderProcessingMode": Attribute("routing.http.xff_header_processing.mode", HTTP_ONLY, "append"),
}


class LoadBalancer(LiveResource):
    token = "aws:lb/loadBalancer:LoadBalancer"
    auto_name = "name"
    auto_name_max = 32
    kept = frozenset(
        {
            "customerOwnedIpv4Pool",
            "enablePrefixForIpv6SourceNat",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "healthCheckLogs",
            "ipamPools",
            "minimumLoadBalancerCapacity",
            "namePrefix",
            "secondaryIpsAutoAssignedPerSubnet",
        }
    )

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        if new.get("loadBalancerType") == NETWORK:
            if "securityGroups" in changed and not (old.get("securityGroups") and new.get("securityGroups")):
                forced |= {"securityGroups"}  # a network balancer made without groups can never have any
            for name in ("subnets", "subnetMappings"):
                if name in changed and not _subnets_of(old, name) <= _subnets_of(new, name):
                    forced |= {name}
        return forced

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("elbv2").create_load_balancer(
            Scheme="internal" if inputs.get("internal") else "internet-facing",
            **given(
                inputs,
                Name="name",
                Type="loadBalancerType",
                Subnets="subnets",
                SecurityGroups="securityGroups",
                IpAddressType="ipAddressType",
                CustomerOwnedIpv4Pool="customerOwnedIpv4Pool",
            ),
            **_mappings(inputs),
            **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
        )
        return str(answer["LoadBalancers"][0]["LoadBalancerArn"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self._set_attributes(api, id, inputs, frozenset(inputs))
        self.note(api, id, subnetMappings=inputs.get("subnetMappings"))

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        elb = api.client("elbv2")
        balancer = one(elb.describe_load_balancers, "LoadBalancers", LoadBalancerArns=[id])
        if balancer is None:
            return None
        subnets = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
        return {
            "arn": id,
            "arnSuffix": arn_suffix(id),
            "dnsName": balancer["DNSName"],
            "zoneId": balancer["CanonicalHostedZoneId"],
            "vpcId": balancer["VpcId"],
            "name": balancer["LoadBalancerName"],
            "internal": balancer.get("Scheme") == "internal",
            "loadBalancerType": balancer["Type"],
            "ipAddressType": balancer.get("IpAddressType", "ipv4"),
            "securityGroups": same_set(state.get("securityGroups"), balancer.get("SecurityGroups", ())),
            "subnets": same_set(state.get("subnets"), subnets),
            "subnetMappings": self._live_mappings(api, id, subnets),
            "tags": tags_of(elb, id),
            **self._live_attributes(elb, id, balancer["Type"], state),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        elb = api.client("elbv2")
        self._set_attributes(api, id, new, changed)
        if changed & {"subnets", "subnetMappings"}:
            elb.set_subnets(LoadBalancerArn=id, **_mappings(new), **given(new, Subnets="subnets"))
            self.note(api, id, subnetMappings=new.get("subnetMappings"))
        if "securityGroups" in changed:
            elb.set_security_groups(LoadBalancerArn=id, SecurityGroups=new.get("securityGroups") or [])
        if "ipAddressType" in changed and new.get("ipAddressType"):
            elb.set_ip_address_type(LoadBalancerArn=id, IpAddressType=new["ipAddressType"])
        retag_balancer(elb, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        elb = api.client("elbv2")
        balancer = one(elb.describe_load_balancers, "LoadBalancers", LoadBalancerArns=[id])
        if balancer is None:
            return
        if _attributes_of(elb, id).get("deletion_protection.enabled") == "true":
            raise StandInError(
                f"{id}: OperationNotPermitted: deletion protection is on; set enableDeletionProtection to false first"
            )
        elb.delete_load_balancer(LoadBalancerArn=id)

    def _set_attributes(self, api: Api, id: str, inputs: Props, names: frozenset[str]) -> None:
        kind = inputs["loadBalancerType"]
        wanted = {
            item.key: inputs.get(name, item.default)
            for name, item in ATTRIBUTES.items()
            if name in names and kind in item.kinds
        }
        for name, prefix in LOGS.items():
            if name in names:
                logs = inputs.get(name) or {}
                wanted |= {f"{prefix}.enabled": bool(logs.get("enabled"))}
                wanted |= {f"{prefix}.{key}": logs[key] for key in ("bucket", "prefix") if logs.get(key)}
        if wanted:
            attributes = [{"Key": key, "Value": _text(value)} for key, value in wanted.items()]
            api.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=id, Attributes=attributes)

    def _live_attributes(self, elb: Any, id: str, kind: str, state: Props) -> Props:
        live = _attributes_of(elb, id)
        found: Props = {}
        for name, item in ATTRIBUTES.items():
            text = live.get(item.key) if kind in item.kinds else None
            found[name] = state.get(name, item.default) if text is None and kind not in item.kinds else item.default
            if text is not None:
                found[name] = item.parse(text)
        for name, prefix in LOGS.items():
            if live.get(f"{prefix}.bucket"):
                logs = {"bucket": live[f"{prefix}.bucket"], "prefix": live.get(f"{prefix}.prefix")}
                on = live.get(f"{prefix}.enabled") == "true"
                if on or state.get(name):
                    found[name] = {key: value for key, value in logs.items() if value} | {"enabled": on}
        return found

    def _live_mappings(self, api: Api, id: str, subnets: list[str]) -> list[Props]:
        """moto forgets the addresses of a mapping: the ledger has them as long as the subnets are the same."""
        noted: list[Props] = self.noted(api, id).get("subnetMappings") or []
        if {mapping["subnetId"] for mapping in noted} == set(subnets):
            return noted
        return [{"subnetId": subnet} for subnet in sorted(subnets)]


def get_load_balancer(api: Api, arguments: Props) -> Props:
    """By ARN, name or tags; exactly one must match."""
    elb = api.client("elbv2")
    wanted = {"LoadBalancerArns": [arguments["arn"]]} if arguments.get("arn") else {}
    if not wanted and arguments.get("name"):
        wanted = {"Names": [arguments["name"]]}
    found = elb.describe_load_balancers(**wanted)["LoadBalancers"]
    tags = arguments.get("tags") or {}
    matching = [b for b in found if tags.items() <= tags_of(elb, b["LoadBalancerArn"]).items()]
    if len(matching) != 1:
        raise InvalidParameterError(
            f"getLoadBalancer: {len(matching)} load balancers match {arguments!r}, expected one"
        )
    id = matching[0]["LoadBalancerArn"]
    live = LoadBalancer().read(api, id, {})
    outputs = live.outputs if live else {}
    return {"id": id, "region": api.region, **{name: value for name, value in outputs.items() if name != "tagsAll"}}


def arn_suffix(arn: str) -> str:
    """What metrics name a balancer or target group by."""
    match = re.search(r":(?:loadbalancer/(?P<balancer>.+)|(?P<group>targetgroup/.+))$", arn)
    return (match["balancer"] or match["group"]) if match else ""


def tags_of(elb: Any, arn: str) -> dict[str, str]:
    descriptions = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return tag_map(descriptions[0]["Tags"] if descriptions else ())


def retag_balancer(elb: Any, arn: str, old: Props, new: Props) -> None:
    """Makes a balancer's, group's or listener's tags those of `new`."""
    before, after = old.get("tags") or {}, new.get("tags") or {}
    if stale := [key for key in before if key not in after]:
        elb.remove_tags(ResourceArns=[arn], TagKeys=stale)
    if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
        elb.add_tags(ResourceArns=[arn], Tags=tag_list(fresh))


def _attributes_of(elb: Any, arn: str) -> dict[str, str]:
    answer = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)
    return {item["Key"]: item["Value"] for item in answer["Attributes"]}


def _mappings(inputs: Props) -> Props:
    mappings = inputs.get("subnetMappings")
    if not mappings or inputs.get("subnets"):
        return {}
    names = {
        "SubnetId": "subnetId",
        "AllocationId": "allocationId",
        "PrivateIPv4Address": "privateIpv4Address",
        "IPv6Address": "ipv6Address",
    }
    return {"SubnetMappings": [given(mapping, **names) for mapping in mappings]}


def _subnets_of(props: Props, name: str) -> set[str]:
    return {item["subnetId"] if isinstance(item, Mapping) else str(item) for item in props.get(name) or ()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


FUNCTIONS: Mapping[str, Function] = {"aws:lb/getLoadBalancer:getLoadBalancer": get_load_balancer}
