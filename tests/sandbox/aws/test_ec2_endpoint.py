"""VPC endpoints and their policies through the provider."""

import json

import pytest

from tests.sandbox.aws.network import network

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


def policy(action):
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_gateway_endpoint_passes_the_lifecycle(lifecycle, here):
    first, second = here.table("first").id, here.table("second").id

    def drift(api, made):
        api.client("ec2").modify_vpc_endpoint(VpcEndpointId=made.id, PolicyDocument=policy("s3:*"))

    inputs = {
        "vpcId": here.vpc_id,
        "serviceName": "com.amazonaws.eu-central-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [first],
        "policy": policy("s3:GetObject"),
        "tags": {"a": "b"},
    }
    changed = {**inputs, "routeTableIds": [second], "policy": policy(["s3:GetObject", "s3:PutObject"]), "tags": {}}
    made = lifecycle(ENDPOINT, inputs, changed, drift=drift)
    assert made.outputs["prefixListId"].startswith("pl-")
    assert "52.216.0.0/15" in made.outputs["cidrBlocks"]
    assert made.outputs["state"] == "available"


def test_a_gateway_endpoint_adds_routes_that_its_tables_do_not_report(plugin, here):
    first, second = here.table("first"), here.table("second")
    inputs = {
        "vpcId": here.vpc_id,
        "serviceName": "com.amazonaws.eu-central-1.dynamodb",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [first.id],
    }
    made = plugin.create(ENDPOINT, "e", inputs)

    def routed():
        tables = plugin.api().client("ec2").describe_route_tables(RouteTableIds=[first.id, second.id])["RouteTables"]
        return {t["RouteTableId"] for t in tables if any(r.get("GatewayId") == made.id for r in t["Routes"])}

    assert routed() == {first.id}
    plugin.update(made, {**inputs, "routeTableIds": [second.id]})
    assert routed() == {second.id}
    assert plugin.read(second).outputs["routes"] == []


def test_an_interface_endpoint_passes_the_lifecycle(lifecycle, here):
    subnets, groups = here.subnets(3), here.groups(2)
    here.plugin.api().client("ec2").modify_vpc_attribute(VpcId=here.vpc_id, EnableDnsHostnames={"Value": True})

    def drift(api, made):
        ec2 = api.client("ec2")
        ec2.modify_vpc_endpoint(VpcEndpointId=made.id, AddSecurityGroupIds=[groups[1]])

    inputs = {
        "vpcId": here.vpc_id,
        "serviceName": "com.amazonaws.eu-central-1.ecr.api",
        "vpcEndpointType": "Interface",
        "subnetIds": subnets[:2],
        "securityGroupIds": groups[:1],
        "privateDnsEnabled": True,
        "dnsOptions": {"dnsRecordIpType": "ipv4"},
        "policy": policy("ecr:*"),
    }
    changed = {**inputs, "subnetIds": subnets[1:], "securityGroupIds": groups[1:], "privateDnsEnabled": False}
    made = lifecycle(ENDPOINT, inputs, changed, drift=drift)
    assert len(made.outputs["networkInterfaceIds"]) == 2
    regional, private = (entry["dnsName"] for entry in made.outputs["dnsEntries"])
    assert regional.startswith(f"{made.id}-")
    assert regional.endswith(".api.ecr.eu-central-1.vpce.amazonaws.com")
    assert private == "api.ecr.eu-central-1.amazonaws.com"


def test_an_endpoints_interfaces_follow_its_subnets_and_are_deleted_with_it(plugin, here):
    subnets = here.subnets(3)
    inputs = {
        "vpcId": here.vpc_id,
        "serviceName": "com.amazonaws.eu-central-1.sts",
        "vpcEndpointType": "Interface",
        "subnetIds": subnets[:2],
    }
    made = plugin.create(ENDPOINT, "e", inputs)
    moved = plugin.update(made, {**inputs, "subnetIds": subnets[1:]})

    def interfaces():
        wanted = [{"Name": "vpc-id", "Values": [here.vpc_id]}]
        return plugin.api().client("ec2").describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]

    assert {item["SubnetId"] for item in interfaces()} == set(subnets[1:])
    assert {item["NetworkInterfaceId"] for item in interfaces()} == set(moved.outputs["networkInterfaceIds"])
    plugin.delete(moved)
    assert interfaces() == []


def test_dns_names_of_an_endpoint_contain_the_services_id(plugin, here):
    service = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
    inputs = {
        "vpcId": here.vpc_id,
        "serviceName": service,
        "vpcEndpointType": "Interface",
        "subnetIds": here.subnets(1),
    }
    (entry,) = plugin.create(ENDPOINT, "e", inputs).outputs["dnsEntries"]
    assert entry["dnsName"].endswith(".vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com")


def test_another_service_replaces_an_endpoint(lifecycle, here):
    inputs = {"vpcId": here.vpc_id, "serviceName": "com.amazonaws.eu-central-1.sts", "vpcEndpointType": "Interface"}
    changed = {**inputs, "serviceName": "com.amazonaws.eu-central-1.kms"}
    lifecycle(ENDPOINT, inputs, changed, expect_replace={"serviceName"})


def test_an_endpoint_policy_passes_the_lifecycle_and_is_no_drift_of_its_endpoint(lifecycle, plugin, here):
    inputs = {"vpcId": here.vpc_id, "serviceName": "com.amazonaws.eu-central-1.sts", "vpcEndpointType": "Interface"}
    endpoint = plugin.create(ENDPOINT, "e", inputs)
    early = plugin.create(POLICY, "p", {"vpcEndpointId": endpoint.id, "policy": policy("sts:*")})
    assert plugin.read(endpoint).outputs["policy"] == endpoint.outputs["policy"]
    plugin.delete(early)

    def drift(api, made):
        api.client("ec2").modify_vpc_endpoint(VpcEndpointId=made.id, PolicyDocument=policy("*"))

    inputs = {"vpcEndpointId": endpoint.id, "policy": policy("sts:AssumeRole")}
    lifecycle(
        POLICY, inputs, {**inputs, "policy": policy("sts:GetCallerIdentity")}, drift=drift, gone_after_delete=False
    )
    live = plugin.api().client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])["VpcEndpoints"][0]
    assert json.loads(live["PolicyDocument"])["Statement"][0]["Action"] == "*", "the endpoint is back to AWS's default"
