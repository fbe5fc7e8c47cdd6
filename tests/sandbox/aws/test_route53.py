"""Hosted zones, associations, records and query logs through the provider."""

import pytest

from tests.sandbox.aws.ground import ground
from tests.sandbox.aws.harness import ProviderError

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation"
QUERY_LOG = "aws:route53/queryLog:QueryLog"


@pytest.fixture
def vpcs(plugin, unique):
    return [ground(plugin, f"{unique}-{number}").vpc_id for number in range(3)]


@pytest.fixture
def zone(plugin, unique, vpcs):
    return plugin.create(ZONE, unique, {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}]})


def test_a_private_zone_lives(lifecycle, vpcs, unique):
    def drift(api, held):
        vpc = {"VPCId": vpcs[2], "VPCRegion": "eu-central-1"}
        api.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=held.id, VPC=vpc)

    inputs = {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}], "tags": {"a": "b"}}
    changed = {**inputs, "comment": "other", "vpcs": [{"vpcId": vpcs[1], "vpcRegion": "eu-central-1"}], "tags": {}}
    held = lifecycle(ZONE, inputs, changed, drift=drift)
    assert held.outputs["zoneId"] == held.id
    assert held.outputs["arn"] == f"arn:aws:route53:::hostedzone/{held.id}"
    assert len(held.outputs["nameServers"]) == 4


@pytest.mark.parametrize("change", ["name", "vpcs"])
def test_another_name_or_going_public_makes_another_zone(plugin, zone, change):
    inputs = {"name": zone.outputs["name"], "vpcs": zone.inputs["vpcs"]}
    changed = {**inputs, change: "other.example.com" if change == "name" else []}
    assert plugin.diff(zone, changed).replaces == [change]


def test_an_association_lives_without_the_zone_drifting(lifecycle, plugin, zone, vpcs):
    early = plugin.create(ASSOCIATION, "early", {"zoneId": zone.id, "vpcId": vpcs[1]})
    refreshed = plugin.read(zone)
    assert refreshed.outputs["vpcs"] == zone.outputs["vpcs"]
    plugin.delete(early)
    inputs = {"zoneId": zone.id, "vpcId": vpcs[1]}
    held = lifecycle(ASSOCIATION, inputs, {**inputs, "vpcId": vpcs[2]}, expect_replace={"vpcId"})
    assert held.id == f"{zone.id}:{vpcs[1]}"
    assert held.outputs["owningAccount"] == "123456789012"


def test_a_zone_goes_with_its_records_only_where_told(plugin, vpcs, unique):
    inputs = {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}]}
    held = plugin.create(ZONE, unique, inputs)
    plugin.create(RECORD, "r", {"zoneId": held.id, "name": "a", "type": "A", "ttl": 60, "records": ["10.0.0.1"]})
    with pytest.raises(ProviderError, match="HostedZoneNotEmpty"):
        plugin.delete(held)
    plugin.delete(plugin.update(held, {**inputs, "forceDestroy": True}))
    assert plugin.read(held) is None


def test_a_record_lives(lifecycle, zone):
    name = zone.outputs["name"]

    def drift(api, held):
        record = {"Name": f"git.{name}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.9"}]}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        api.client("route53").change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)

    inputs = {"zoneId": zone.id, "name": f"git.{name}", "type": "A", "ttl": 60, "records": ["10.0.0.1", "10.0.0.2"]}
    held = lifecycle(RECORD, inputs, {**inputs, "ttl": 300, "records": ["10.0.0.3"]}, drift=drift)
    assert held.id == f"{zone.id}_git.{name}_A"
    assert held.outputs["fqdn"] == f"git.{name}"


def test_an_alias_becomes_plain_addresses(lifecycle, zone):
    alias = {"name": "vpce-1.vpce.amazonaws.com", "zoneId": "Z1", "evaluateTargetHealth": True}
    inputs = {"zoneId": zone.id, "name": zone.outputs["name"], "type": "A", "aliases": [alias]}
    plain = {"zoneId": zone.id, "name": zone.outputs["name"], "type": "A", "ttl": 60, "records": ["10.0.0.1"]}
    lifecycle(RECORD, inputs, plain)


def test_a_name_may_be_relative_and_text_needs_no_quotes(lifecycle, zone):
    inputs = {"zoneId": zone.id, "name": "_acme", "type": "TXT", "ttl": 60, "records": ["hello there", "b"]}
    held = lifecycle(RECORD, inputs, {**inputs, "records": ["x"]}, unreadable={"name"})
    assert held.outputs["fqdn"] == f"_acme.{zone.outputs['name']}"


def test_weighted_records_stand_side_by_side(lifecycle, plugin, zone):
    def weighted(label, weight):
        return {
            "zoneId": zone.id,
            "name": f"w.{zone.outputs['name']}",
            "type": "CNAME",
            "ttl": 60,
            "records": [f"{label}.example.com"],
            "setIdentifier": label,
            "weightedRoutingPolicies": [{"weight": weight}],
        }

    other = plugin.create(RECORD, "other", weighted("green", 5))
    lifecycle(RECORD, weighted("blue", 95), weighted("blue", 50))
    assert plugin.read(other) is not None


def test_a_record_of_another_name_is_another_record(lifecycle, zone):
    inputs = {"zoneId": zone.id, "name": "one", "type": "A", "ttl": 60, "records": ["10.0.0.1"]}
    lifecycle(RECORD, inputs, {**inputs, "name": "two"}, expect_replace={"name"}, unreadable={"name"})


def test_query_logging_of_a_public_zone_lives(lifecycle, plugin, unique):
    group = f"/aws/route53/{unique}"
    plugin.api("us-east-1").client("logs").create_log_group(logGroupName=group)
    public = plugin.create(ZONE, unique, {"name": f"{unique}.example.com"})
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    inputs = {"zoneId": public.id, "cloudwatchLogGroupArn": arn}
    held = lifecycle(QUERY_LOG, inputs, unreadable={"cloudwatchLogGroupArn"})
    assert held.outputs["arn"].endswith(held.id)


def test_a_zone_is_looked_up(plugin, zone, vpcs):
    found = plugin.invoke("aws:route53/getZone:getZone", {"name": zone.outputs["name"], "vpcId": vpcs[0]})
    assert found["zoneId"] == zone.id
    assert found["privateZone"] is True
    with pytest.raises(ProviderError, match="0 hosted zones"):
        plugin.invoke("aws:route53/getZone:getZone", {"name": zone.outputs["name"]})  # there is no public one
