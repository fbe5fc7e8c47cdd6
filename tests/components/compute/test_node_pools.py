"""Node pools: node groups, launch templates, images, taints, reservations and hosts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from components.compute.node_hardware import placement_strategy, reservation_match
from components.compute.node_pools import NodePools, NodePoolsArgs
from components.compute.pool import Pool, PoolRole, Tenancy, ZoneCapacity
from components.naming import DataClass, Keep
from tests.components.builders import ZONES, fake_network, key_arn
from tests.components.contract import assert_contract
from tests.components.environments import BATCH, INGEST, SERVE, SYSTEM
from tests.components.recording import ACCOUNT, Node, Recording, record

GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
RELEASE = "1.34.2-20251120"
POOLS = (SYSTEM, INGEST, SERVE, BATCH)
RESERVED = replace(SERVE, instance_types=("p5.48xlarge",), reservation=ZoneCapacity(count=2, zone=ZONES[0]))
HOSTED = replace(BATCH, tenancy=Tenancy.HOST, hosts=ZoneCapacity(count=2, zone=ZONES[1]))


def build(keep: Keep, pools: Sequence[Pool] = POOLS, **changes: Any) -> Recording[NodePools]:
    def program() -> NodePools:
        network = fake_network()
        all_args: dict[str, Any] = {
            "cluster_name": "codekeep-acme",
            "kubernetes_version": "1.34",
            "security_group_ids": ("sg-nodes",),
            "zones": network.zones,
            "subnet_ids": network.private_subnet_ids,
            "volume_key_arns": {each: key_arn(each) for each in (DataClass.CODE, DataClass.MODEL)},
            **changes,
        }
        return NodePools("acme-pool", NodePoolsArgs(keep=keep, pools=pools, **all_args))

    return record(program)


@pytest.fixture(scope="module")
def pools() -> Recording[NodePools]:
    from tests.components.conftest import make_keep

    return build(make_keep())


def group(recording: Recording[NodePools], pool: Pool) -> Node:
    return recording.one(GROUP, f"acme-pool-{pool.name}")


def template(recording: Recording[NodePools], pool: Pool) -> Node:
    return recording.one(TEMPLATE, f"acme-pool-{pool.name}")


def test_each_pool_is_one_group_and_one_template(pools: Recording[NodePools], keep: Keep) -> None:
    assert_contract(pools, keep)
    names = {f"acme-pool-{pool.name}" for pool in POOLS}
    assert pools.names(GROUP) == pools.names(TEMPLATE) == names


def test_nodes_have_no_public_address_and_guarded_metadata(pools: Recording[NodePools]) -> None:
    assert len(pools.of_type(TEMPLATE)) == len(POOLS)
    for node in pools.of_type(TEMPLATE):
        assert node.inputs["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
            "instanceMetadataTags": "disabled",
        }
        [interface] = node.inputs["networkInterfaces"]
        assert interface["associatePublicIpAddress"] == "false"
        assert interface["securityGroups"] == ["sg-nodes"]
        assert node.inputs["monitoring"] == {"enabled": True}
        assert "keyName" not in node.inputs
        assert "imageId" not in node.inputs
        assert {spec["resourceType"] for spec in node.inputs["tagSpecifications"]} == {
            "instance",
            "volume",
            "network-interface",
        }
        assert all(spec["tags"]["codekeep:tenant"] == "acme" for spec in node.inputs["tagSpecifications"])
        # In the template itself the digest would replace every node at every edit of the spec.


@pytest.mark.parametrize(
    ("pool", "data_class"),
    [(SYSTEM, DataClass.CODE), (INGEST, DataClass.CODE), (SERVE, DataClass.MODEL), (BATCH, DataClass.MODEL)],
    ids=lambda value: getattr(value, "name", value),
)
def test_root_volumes_are_encrypted_with_the_key_of_their_data_class(
    pools: Recording[NodePools], pool: Pool, data_class: DataClass
) -> None:
    [mapping] = template(pools, pool).inputs["blockDeviceMappings"]
    assert mapping == {
        "deviceName": "/dev/xvda",
        "ebs": {
            "encrypted": "true",
            "kmsKeyId": key_arn(data_class),
            "volumeType": "gp3",
            "volumeSize": pool.volume_gib,
            "deleteOnTermination": "true",
        },
    }


def test_sizes_are_the_pools_and_the_autoscaler_sets_the_desired_one(pools: Recording[NodePools]) -> None:
    for pool in POOLS:
        node = group(pools, pool)
        assert node.inputs["scalingConfig"] == {
            "minSize": pool.floor,
            "desiredSize": pool.floor,
            "maxSize": pool.max_nodes,
        }
        assert node.ignore_changes == ("scalingConfig.desiredSize",)


def test_images_are_awss_at_a_pinned_release(pools: Recording[NodePools]) -> None:
    assert group(pools, SYSTEM).inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert group(pools, SERVE).inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert {group(pools, pool).inputs["releaseVersion"] for pool in POOLS} == {RELEASE}
    assert not pools.invokes  # pinned: what AWS recommends on the day changes no node


def test_another_release_can_be_set(keep: Keep) -> None:
    recording = build(keep, (SYSTEM,), image_release="1.34.1-20251016")
    assert group(recording, SYSTEM).inputs["releaseVersion"] == "1.34.1-20251016"


def test_a_version_without_a_pinned_release_is_refused(keep: Keep) -> None:
    with pytest.raises(ValueError, match=r"pinned node image \(1.34\), got '1.99'"):
        build(keep, (SYSTEM,), kubernetes_version="1.99")


def test_arm_pools_use_arm_images(keep: Keep) -> None:
    arm = replace(SYSTEM, architecture="arm64", instance_types=("m7g.xlarge",))
    assert group(build(keep, (arm,)), arm).inputs["amiType"] == "AL2023_ARM_64_STANDARD"


def test_only_pods_that_select_a_pool_run_on_it(pools: Recording[NodePools]) -> None:
    role = {"key": "codekeep.dev/role", "effect": "NO_SCHEDULE"}
    gpu = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    assert group(pools, SYSTEM).inputs.get("taints", []) == []
    assert group(pools, INGEST).inputs["taints"] == [{**role, "value": "ingest"}]
    assert group(pools, SERVE).inputs["taints"] == [{**role, "value": "gpu-serve"}, gpu]
    assert group(pools, BATCH).inputs["labels"] == {
        "codekeep.dev/pool": "batch",
        "codekeep.dev/role": "gpu-batch",
        "codekeep.dev/tenant": "acme",
    }


def test_nodes_start_after_their_permissions(pools: Recording[NodePools]) -> None:
    attachments = pools.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert {node.inputs["policyArn"] for node in attachments} == {
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    }
    for node in (*attachments, pools.one("aws:iam/rolePolicy:RolePolicy")):
        assert pools.depends_on(group(pools, SYSTEM), node)


def test_nodes_pull_images_from_this_accounts_registry_and_those_of_add_ons_only(pools: Recording[NodePools]) -> None:
    fence = pools.one("aws:iam/rolePolicy:RolePolicy").policy()["Statement"]
    by_sid = {statement["Sid"]: statement for statement in fence}
    assert {statement["Effect"] for statement in fence} == {"Deny"}
    assert by_sid["DenyOtherRegistries"]["Condition"] == {
        "StringNotEquals": {"aws:ResourceAccount": [ACCOUNT, "602401143452", "409493279830"]}
    }
    assert by_sid["DenyOtherRegions"]["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}


def test_a_reservation_is_made_in_its_zone_and_used_by_its_pool(keep: Keep) -> None:
    recording = build(keep, (SYSTEM, RESERVED))
    reservation = recording.one("aws:ec2/capacityReservation:CapacityReservation")
    placement = recording.one("aws:ec2/placementGroup:PlacementGroup")
    assert reservation.inputs["instanceCount"] == 2
    assert reservation.inputs["availabilityZone"] == ZONES[0]
    assert reservation.inputs["instanceMatchCriteria"] == "open"  # the pool may grow to 4, beyond the 2 it reserved
    assert reservation.inputs["placementGroupArn"] == placement.outputs["arn"]
    assert placement.inputs["strategy"] == "cluster"
    found = template(recording, RESERVED)
    assert found.inputs["capacityReservationSpecification"] == {"capacityReservationPreference": "open"}
    assert found.inputs["placement"]["tenancy"] == "default"
    node = group(recording, RESERVED)
    assert node.inputs["subnetIds"] == [f"subnet-private-{ZONES[0]}"]
    assert node.inputs["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    assert recording.depends_on(node, reservation)


def test_a_reservation_as_large_as_the_pool_is_used_by_the_pool_only(keep: Keep) -> None:
    whole = replace(RESERVED, max_nodes=2)
    recording = build(keep, (SYSTEM, whole))
    reservation = recording.one("aws:ec2/capacityReservation:CapacityReservation")
    assert reservation.inputs["instanceMatchCriteria"] == "targeted"
    assert template(recording, whole).inputs["capacityReservationSpecification"] == {
        "capacityReservationTarget": {"capacityReservationId": reservation.id}
    }


def test_hosts_are_allocated_in_their_zone_before_nodes_start(keep: Keep) -> None:
    recording = build(keep, (SYSTEM, HOSTED))
    hosts = recording.of_type("aws:ec2/dedicatedHost:DedicatedHost")
    assert len(hosts) == 2
    for host in hosts:
        assert host.inputs["availabilityZone"] == ZONES[1]
        assert host.inputs["autoPlacement"] == "on"
        assert host.inputs["hostRecovery"] == "off"
        assert recording.depends_on(group(recording, HOSTED), host)
    assert template(recording, HOSTED).inputs["placement"] == {"tenancy": "host"}


def test_serving_nodes_are_on_different_racks() -> None:
    assert placement_strategy(SERVE) == "partition"
    assert placement_strategy(SYSTEM) is None
    assert placement_strategy(HOSTED) is None
    assert reservation_match(SYSTEM) == "open"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pools": ()}, "must not be empty"),
        ({"zones": ZONES[:2]}, "one subnet for each"),
        ({"volume_key_arns": {DataClass.CODE: "arn:x"}}, "key of model for pool serve"),
        ({"pools": (replace(RESERVED, reservation=ZoneCapacity(count=1, zone="eu-central-1z")),)}, "eu-central-1z"),
    ],
)
def test_wrong_args_are_refused(keep: Keep, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **changes)


def test_every_role_has_a_volume_key() -> None:
    from components.compute.node_pools import DATA_CLASS_OF_POOL

    assert set(DATA_CLASS_OF_POOL) == set(PoolRole)
