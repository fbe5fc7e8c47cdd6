"""Load balancers, target groups and listeners through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import network

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
CERTIFICATE = "aws:acm/certificate:Certificate"


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


@pytest.fixture
def network_balancer(plugin, unique, here):
    inputs = {"loadBalancerType": "network", "internal": True, "subnets": here.subnets(2)}
    return plugin.create(BALANCER, f"{unique}-nlb", inputs)


def target_group(here, name="g", **more):
    inputs = {"port": 8443, "protocol": "TCP", "targetType": "ip", "vpcId": here.vpc_id, **more}
    return here.plugin.create(GROUP, f"{here.name}-{name}", inputs).id


def test_a_network_balancer_passes_the_lifecycle(lifecycle, here):
    subnets, groups = here.subnets(3), here.groups(2)

    def drift(api, made):
        attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "false"}]
        api.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=made.id, Attributes=attributes)

    inputs = {
        "loadBalancerType": "network",
        "internal": True,
        "subnets": subnets[:2],
        "securityGroups": groups[:1],
        "enableCrossZoneLoadBalancing": True,
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
        "accessLogs": {"bucket": "logs", "prefix": "entry", "enabled": True},
        "tags": {"a": "b"},
    }
    changed = {
        **inputs,
        "subnets": subnets,
        "securityGroups": groups[1:],
        "dnsRecordClientRoutingPolicy": "availability_zone_affinity",
        "accessLogs": {"bucket": "other", "enabled": False},
        "tags": {},
    }
    made = lifecycle(BALANCER, inputs, changed, drift=drift)
    assert made.outputs["arn"] == made.id
    assert made.id.endswith(made.outputs["arnSuffix"])
    assert made.outputs["dnsName"].endswith(".elb.amazonaws.com")
    assert made.outputs["zoneId"]
    assert made.outputs["vpcId"] == here.vpc_id


def test_an_application_balancer_passes_the_lifecycle(lifecycle, here):
    inputs = {"internal": True, "subnets": here.subnets(2), "securityGroups": here.groups(1)}
    changed = {**inputs, "dropInvalidHeaderFields": True, "idleTimeout": 120, "enableHttp2": False}
    lifecycle(BALANCER, inputs, changed)


def test_a_balancer_with_fixed_addresses_passes_the_lifecycle(lifecycle, here):
    subnets = here.subnets(2)
    mappings = [{"subnetId": subnet, "privateIpv4Address": f"10.0.{i}.10"} for i, subnet in enumerate(subnets)]
    inputs = {"loadBalancerType": "network", "internal": True, "subnetMappings": mappings}
    lifecycle(BALANCER, inputs, unreadable={"subnets"})


@pytest.mark.parametrize(
    ("name", "value"), [("internal", False), ("name", "other"), ("subnets", None), ("securityGroups", [])], ids=str
)
def test_some_properties_replace_a_network_balancer(plugin, here, unique, name, value):
    subnets = here.subnets(2)
    inputs = {
        "name": unique,
        "loadBalancerType": "network",
        "internal": True,
        "subnets": subnets,
        "securityGroups": here.groups(1),
    }
    made = plugin.create(BALANCER, unique, inputs)
    changed = {**inputs, name: subnets[:1] if name == "subnets" else value}
    assert plugin.diff(made, changed).replaces == [name]


def test_a_protected_balancer_is_not_deleted(plugin, here, unique):
    inputs = {"loadBalancerType": "network", "internal": True, "subnets": here.subnets(1)}
    made = plugin.create(BALANCER, unique, {**inputs, "enableDeletionProtection": True})
    with pytest.raises(ProviderError, match="enableDeletionProtection"):
        plugin.delete(made)
    plugin.delete(plugin.update(made, inputs))
    assert plugin.read(made) is None


def test_a_layer_4_group_passes_the_lifecycle(lifecycle, here):
    def drift(api, made):
        api.client("elbv2").modify_target_group(TargetGroupArn=made.id, HealthCheckIntervalSeconds=300)

    check = {"protocol": "TCP", "port": "8443", "interval": 10, "healthyThreshold": 3, "unhealthyThreshold": 3}
    inputs = {
        "port": 8443,
        "protocol": "TCP",
        "targetType": "ip",
        "vpcId": here.vpc_id,
        "preserveClientIp": "false",
        "connectionTermination": True,
        "deregistrationDelay": 60,
        "healthCheck": check,
        "tags": {"a": "b"},
    }
    http = {**check, "protocol": "HTTP", "path": "/healthz", "matcher": "200-299"}
    changed = {**inputs, "deregistrationDelay": 30, "healthCheck": http, "tags": {}}
    made = lifecycle(GROUP, inputs, changed, drift=drift, unreadable={"healthCheck"})
    assert made.outputs["arnSuffix"].startswith("targetgroup/")


def test_an_http_group_passes_the_lifecycle(lifecycle, here):
    inputs = {
        "port": 80,
        "protocol": "HTTP",
        "targetType": "ip",
        "vpcId": here.vpc_id,
        "healthCheck": {"path": "/"},
        "stickiness": {"type": "lb_cookie", "cookieDuration": 3600, "enabled": True},
    }
    changed = {**inputs, "slowStart": 30, "loadBalancingAlgorithmType": "least_outstanding_requests"}
    lifecycle(GROUP, inputs, changed, unreadable={"healthCheck"})


@pytest.mark.parametrize(("name", "value"), [("port", 9443), ("protocol", "TLS"), ("targetType", "instance")])
def test_some_properties_replace_a_target_group(lifecycle, here, name, value):
    inputs = {"port": 8443, "protocol": "TCP", "targetType": "ip", "vpcId": here.vpc_id}
    lifecycle(GROUP, inputs, {**inputs, name: value}, expect_replace={name})


def test_a_listener_passes_the_lifecycle(lifecycle, here, network_balancer):
    first, second = target_group(here, "a"), target_group(here, "b")

    def drift(api, made):
        actions = [{"Type": "forward", "TargetGroupArn": second}]
        api.client("elbv2").modify_listener(ListenerArn=made.id, DefaultActions=actions)

    inputs = {
        "loadBalancerArn": network_balancer.id,
        "port": 443,
        "protocol": "TCP",
        "tcpIdleTimeoutSeconds": 3600,
        "defaultActions": [{"type": "forward", "targetGroupArn": first}],
        "tags": {"a": "b"},
    }
    changed = {
        **inputs,
        "port": 8443,
        "tcpIdleTimeoutSeconds": 600,
        "defaultActions": [{"type": "forward", "targetGroupArn": second}],
        "tags": {},
    }
    lifecycle(LISTENER, inputs, changed, drift=drift)


def test_a_new_listener_is_no_drift_of_its_target_group(plugin, here, network_balancer):
    inputs = {"port": 8443, "protocol": "TCP", "targetType": "ip", "vpcId": here.vpc_id}
    group = plugin.create(GROUP, here.name, inputs)
    actions = [{"type": "forward", "targetGroupArn": group.id}]
    listener = {"loadBalancerArn": network_balancer.id, "port": 443, "protocol": "TCP", "defaultActions": actions}
    plugin.create(LISTENER, here.name, listener)
    assert plugin.read(group).outputs == group.outputs


def test_a_listener_changes_to_tls_in_place(lifecycle, plugin, here, network_balancer):
    certificate = plugin.create(CERTIFICATE, "c", {"domainName": "entry.example.com", "validationMethod": "DNS"})
    inputs = {
        "loadBalancerArn": network_balancer.id,
        "port": 443,
        "protocol": "TCP",
        "defaultActions": [{"type": "forward", "targetGroupArn": target_group(here)}],
    }
    secure = {"protocol": "TLS", "certificateArn": certificate.id, "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
    lifecycle(LISTENER, inputs, {**inputs, **secure})


def test_a_listener_supports_fixed_responses_and_weighted_targets(lifecycle, plugin, here, unique):
    balancer = plugin.create(
        BALANCER, unique, {"internal": True, "subnets": here.subnets(2), "securityGroups": here.groups(1)}
    )
    group = target_group(here, protocol="HTTP", port=80)
    fixed = {"contentType": "text/plain", "statusCode": "404", "messageBody": "nothing here"}
    inputs = {
        "loadBalancerArn": balancer.id,
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [{"type": "fixed-response", "fixedResponse": fixed}],
    }
    split = {"targetGroups": [{"arn": group, "weight": 1}], "stickiness": {"enabled": False, "duration": 60}}
    lifecycle(LISTENER, inputs, {**inputs, "defaultActions": [{"type": "forward", "forward": split}]})


def test_a_balancer_is_looked_up(plugin, network_balancer):
    found = plugin.invoke("aws:lb/getLoadBalancer:getLoadBalancer", {"name": network_balancer.outputs["name"]})
    assert found["arn"] == found["id"] == network_balancer.id
    with pytest.raises(ProviderError):
        plugin.invoke("aws:lb/getLoadBalancer:getLoadBalancer", {"name": "nobody"})
