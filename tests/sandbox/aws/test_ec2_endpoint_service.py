"""Endpoint services, their principals and notices through the provider."""

import pytest

from tests.sandbox.aws.network import network

SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
NOTICE = "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
ACME, OTHER = "arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"


@pytest.fixture
def balancers(plugin, unique):
    subnets = network(plugin, unique).subnets(2)
    inputs = {"loadBalancerType": "network", "internal": True, "subnets": subnets}
    return [plugin.create(BALANCER, f"{unique}-{number}", inputs).id for number in range(2)]


def test_a_service_passes_the_lifecycle(lifecycle, balancers):
    def drift(api, made):
        api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=made.id, AddAllowedPrincipals=["*"])

    inputs = {
        "acceptanceRequired": True,
        "networkLoadBalancerArns": balancers[:1],
        "allowedPrincipals": [ACME],
        "supportedIpAddressTypes": ["ipv4"],
        "tags": {"a": "b"},
    }
    changed = {
        **inputs,
        "acceptanceRequired": False,
        "networkLoadBalancerArns": balancers[1:],
        "allowedPrincipals": [OTHER],
        "tags": {},
    }
    made = lifecycle(SERVICE, inputs, changed, drift=drift)
    assert made.outputs["serviceName"] == f"com.amazonaws.vpce.eu-central-1.{made.id}"
    assert made.outputs["serviceType"] == "Interface"
    assert made.outputs["availabilityZones"] == ["eu-central-1a", "eu-central-1b"]
    assert made.outputs["state"] == "Available"


def test_a_principal_passes_the_lifecycle_and_is_no_drift_of_its_service(lifecycle, plugin, balancers):
    service_inputs = {"acceptanceRequired": True, "networkLoadBalancerArns": balancers[:1]}
    service = plugin.create(SERVICE, "s", service_inputs)
    early = plugin.create(PRINCIPAL, "p", {"vpcEndpointServiceId": service.id, "principalArn": ACME})
    refreshed = plugin.read(service)
    assert refreshed.outputs["allowedPrincipals"] == []
    assert not plugin.diff(refreshed, service_inputs).changes
    plugin.delete(early)

    inputs = {"vpcEndpointServiceId": service.id, "principalArn": ACME}
    lifecycle(PRINCIPAL, inputs, {**inputs, "principalArn": OTHER}, expect_replace={"principalArn"})


def test_a_principal_added_outside_pulumi_shows_in_the_services_outputs(plugin, balancers):
    service = plugin.create(SERVICE, "s", {"acceptanceRequired": True, "networkLoadBalancerArns": balancers[:1]})
    api = plugin.api()
    api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=service.id, AddAllowedPrincipals=[OTHER])
    assert plugin.read(service).outputs["allowedPrincipals"] == [OTHER]


def test_a_connection_notification_passes_the_lifecycle(lifecycle):
    inputs = {
        "vpcEndpointServiceId": "vpce-svc-1",
        "connectionEvents": ["Connect", "Reject"],
        "connectionNotificationArn": "arn:aws:sns:eu-central-1:123456789012:t",
    }
    made = lifecycle(NOTICE, inputs, {**inputs, "connectionEvents": ["Accept"]})
    assert made.outputs["notificationType"] == "Topic"
