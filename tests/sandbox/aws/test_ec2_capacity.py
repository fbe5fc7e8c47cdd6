"""Dedicated hosts, placement groups and capacity reservations through the provider."""

from sandbox.aws.registry import is_recorded

HOST = "aws:ec2/dedicatedHost:DedicatedHost"
GROUP = "aws:ec2/placementGroup:PlacementGroup"
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"


def test_a_host_passes_the_lifecycle(lifecycle):
    def drift(api, made):
        api.client("ec2").modify_hosts(HostIds=[made.id], AutoPlacement="on")

    inputs = {
        "availabilityZone": "eu-central-1a",
        "instanceFamily": "p5",
        "autoPlacement": "off",
        "tags": {"a": "b"},
    }
    changed = {**inputs, "hostRecovery": "on", "tags": {}}
    made = lifecycle(HOST, inputs, changed, drift=drift)
    assert made.outputs["arn"].endswith(f":dedicated-host/{made.id}")


def test_another_zone_replaces_a_host(lifecycle):
    inputs = {"availabilityZone": "eu-central-1a", "instanceType": "g5.48xlarge"}
    lifecycle(HOST, inputs, {**inputs, "availabilityZone": "eu-central-1b"}, expect_replace={"availabilityZone"})


def test_a_placement_group_is_recorded_and_passes_the_lifecycle(lifecycle):
    assert is_recorded(GROUP)
    made = lifecycle(GROUP, {"strategy": "cluster", "tags": {"a": "b"}}, {"strategy": "cluster", "tags": {}})
    assert made.id == made.outputs["name"]
    assert made.outputs["placementGroupId"].startswith("pg-")


def test_another_strategy_replaces_a_placement_group(lifecycle):
    lifecycle(GROUP, {"strategy": "cluster"}, {"strategy": "spread"}, expect_replace={"strategy"})


def test_a_reservation_is_recorded_and_grows_in_place(lifecycle):
    assert is_recorded(RESERVATION)
    inputs = {
        "availabilityZone": "eu-central-1a",
        "instanceCount": 1,
        "instancePlatform": "Linux/UNIX",
        "instanceType": "p5.48xlarge",
    }
    made = lifecycle(RESERVATION, inputs, {**inputs, "instanceCount": 2})
    assert made.outputs["arn"].endswith(f":capacity-reservation/{made.id}")
    assert made.outputs["tenancy"] == "default"
    lifecycle(RESERVATION, inputs, {**inputs, "instanceType": "p4d.24xlarge"}, expect_replace={"instanceType"})
