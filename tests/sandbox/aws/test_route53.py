"""Hosted zones, associations, records and query logs through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import network

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation"
QUERY_LOG = "aws:route53/queryLog:QueryLog"


@pytest.fixture
def vpcs(plugin, unique):
    return [network(plugin, f"{unique}-{number}").vpc_id for number in range(3)]


@pytest.fixture
def zone(plugin, unique, vpcs):
    return plugin.create(ZONE, unique, {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}]})


def test_a_private_zone_passes_the_lifecycle(lifecycle, vpcs, unique):
    def drift(api, made):
        vpc = {"VPCId": vpcs[2], "VPCRegion": "eu-central-1"}
        api.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=made.id, VPC=vpc)

    inputs = {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}], "tags": {"a": "b"}}
    changed = {**inputs, "comment": "other", "vpcs": [{"vpcId": vpcs[1], "vpcRegion": "eu-central-1"}], "tags": {}}
    made = lifecycle(ZONE, inputs, changed, drift=drift)
    assert made.outputs["zoneId"] == made.id
    assert made.outputs["arn"] == f"arn:aws:route53:::hostedzone/{made.id}"
    assert len(made.outputs["nameServers"]) == 4


@pytest.mark.parametrize("change", ["name", "vpcs"])
def test_another_name_or_becoming_public_replaces_a_zone(plugin, zone, change):
    inputs = {"name": zone.outputs["name"], "vpcs": zone.inputs["vpcs"]}
    changed = {**inputs, change: "other.example.com" if change == "name" else []}
    assert plugin.diff(zone, changed).replaces == [change]


def test_an_association_passes_the_lifecycle_and_is_no_drift_of_its_zone(lifecycle, plugin, zone, vpcs):
    early = plugin.create(ASSOCIATION, "early", {"zoneId": zone.id, "vpcId": vpcs[1]})
    refreshed = plugin.read(zone)
    assert refreshed.outputs["vpcs"] == zone.outputs["vpcs"]
    plugin.delete(early)
    inputs = {"zoneId": zone.id, "vpcId": vpcs[1]}
    made = lifecycle(ASSOCIATION, inputs, {**inputs, "vpcId": vpcs[2]}, expect_replace={"vpcId"})
    assert made.id == f"{zone.id}:{vpcs[1]}"
    assert made.outputs["owningAccount"] == "123456789012"


def test_a_zone_with_records_is_deleted_only_with_force(plugin, vpcs, unique):
    inputs = {"name": f"{unique}.example.com", "vpcs": [{"vpcId": vpcs[0]}]}
    made = plugin.create(ZONE, unique, inputs)
    plugin.create(RECORD, "r", {"zoneId": made.id, "name": "a", "type": "A", "ttl": 60, "records": ["10.0.0.1"]})
    with pytest.raises(ProviderError, match="HostedZoneNotEmpty"):
        plugin.delete(made)
    plugin.delete(plugin.update(made, {**inputs, "forceDestroy": True}))
    assert plugin.read(made) is None


def test_a_record_passes_the_lifecycle(lifecycle, zone):
    name = zone.outputs["name"]

    def drift(api, made):
        record = {"Name": f"git.{name}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.9"}]}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        api.client("route53").change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)

    inputs = {"zoneId": zone.id, "name": f"git.{name}", "type": "A", "ttl": 60, "records": ["10.0.0.1", "10.0.0.2"]}
    made = lifecycle(RECORD, inputs, {**inputs, "ttl": 300, "records": ["10.0.0.3"]}, drift=drift)
    assert made.id == f"{zone.id}_git.{name}_A"
    assert made.outputs["fqdn"] == f"git.{name}"


def test_an_alias_record_changes_to_addresses(lifecycle, zone):
    alias = {"name": "vpce-1.vpce.amazonaws.com", "zoneId": "Z1", "evaluateTargetHealth": True}
    inputs = {"zoneId": zone.id, "name": zone.outputs["name"], "type": "A", "aliases": [alias]}
    plain = {"zoneId": zone.id, "name": zone.outputs["name"], "type": "A", "ttl": 60, "records": ["10.0.0.1"]}
    lifecycle(RECORD, inputs, plain)


def test_relative_names_and_unquoted_texts_are_accepted(lifecycle, zone):
    inputs = {"zoneId": zone.id, "name": "_acme", "type": "TXT", "ttl": 60, "records": ["hello there", "b"]}
    made = lifecycle(RECORD, inputs, {**inputs, "records": ["x"]}, unreadable={"name"})
    assert made.outputs["fqdn"] == f"_acme.{zone.outputs['name']}"


def test_weighted_records_of_one_name_coexist(lifecycle, plugin, zone):
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


def test_another_name_replaces_a_record(lifecycle, zone):
    inputs = {"zoneId": zone.id, "name": "one", "type": "A", "ttl": 60, "records": ["10.0.0.1"]}
    lifecycle(RECORD, inputs, {**inputs, "name": "two"}, expect_replace={"name"}, unreadable={"name"})


def test_query_logging_of_a_public_zone_passes_the_lifecycle(lifecycle, plugin, unique):
    group = f"/aws/route53/{unique}"
    plugin.api("us-east-1").client("logs").create_log_group(logGroupName=group)
    public = plugin.create(ZONE, unique, {"name": f"{unique}.example.com"})
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    inputs = {"zoneId": public.id, "cloudwatchLogGroupArn": arn}
    made = lifecycle(QUERY_LOG, inputs, unreadable={"cloudwatchLogGroupArn"})
    assert made.outputs["arn"].endswith(made.id)


def test_a_zone_is_looked_up(plugin, zone, vpcs):
    found = plugin.invoke("aws:route53/getZone:getZone", {"name": zone.outputs["name"], "vpcId": vpcs[0]})
    assert found["zoneId"] == zone.id
    assert found["privateZone"] is True
    with pytest.raises(ProviderError, match="0 hosted zones"):
        plugin.invoke("aws:route53/getZone:getZone", {"name": zone.outputs["name"]})  # there is no public one
