"""Auto Scaling groups, and tags on groups of other origin."""

import pytest

from tests.sandbox.aws.harness import Deployed, Plugin, ProviderError

GROUP = "aws:autoscaling/group:Group"
TAG = "aws:autoscaling/tag:Tag"
MOTO_IMAGE = "ami-12c6146b"  # an image that moto has from the start


@pytest.fixture
def template(plugin: Plugin, unique: str) -> dict[str, str]:
    ec2 = plugin.api().client("ec2")
    data = {"ImageId": MOTO_IMAGE, "InstanceType": "m7g.large"}
    made = ec2.create_launch_template(LaunchTemplateName=f"{unique}-template", LaunchTemplateData=data)
    return {"id": made["LaunchTemplate"]["LaunchTemplateId"], "version": "1"}


@pytest.fixture
def subnets(plugin: Plugin) -> list[str]:
    ec2 = plugin.api().client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24", AvailabilityZone="eu-central-1a")
    return [made["Subnet"]["SubnetId"]]


@pytest.fixture
def group(plugin: Plugin, unique: str, template: dict[str, str], subnets: list[str]) -> Deployed:
    inputs = {"minSize": 0, "maxSize": 1, "launchTemplate": template, "vpcZoneIdentifiers": subnets}
    return plugin.create(GROUP, f"{unique}-group", inputs)


def test_a_group_passes_the_lifecycle(lifecycle, template, subnets):
    def inputs(**more):
        return {
            "minSize": 0,
            "maxSize": 2,
            "launchTemplate": template,
            "vpcZoneIdentifiers": subnets,
            "tags": [{"key": "a", "value": "b", "propagateAtLaunch": True}],
            "enabledMetrics": ["GroupDesiredCapacity"],
            "instanceMaintenancePolicy": {"minHealthyPercentage": 90, "maxHealthyPercentage": 120},
            **more,
        }

    filled = {"availabilityZones", "capacityRebalance", "defaultCooldown", "desiredCapacity", "healthCheckType"}
    made = lifecycle(
        GROUP,
        inputs(),
        inputs(
            maxSize=4,
            suspendedProcesses=["AZRebalance"],
            tags=[{"key": "a", "value": "c", "propagateAtLaunch": True}],
        ),
        drift=lambda api, made: api.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=made.id, MaxSize=9
        ),
        unreadable={*filled, *IMPORTED},
    )
    assert ":autoScalingGroupName/" in made.outputs["arn"]


IMPORTED = {
    "forceDelete",
    "forceDeleteWarmPool",
    "ignoreFailedScalingActivities",
    "launchTemplate",
    "metricsGranularity",
    "serviceLinkedRoleArn",
    "terminationPolicies",
    "waitForCapacityTimeout",
}


def test_a_group_of_mixed_instances_passes_the_lifecycle(lifecycle, template, subnets):
    def policy(base):
        return {
            "launchTemplate": {
                "launchTemplateSpecification": {"launchTemplateId": template["id"], "version": "1"},
                "overrides": [{"instanceType": "m7g.large"}, {"instanceType": "m6g.large"}],
            },
            "instancesDistribution": {"onDemandBaseCapacity": base},
        }

    base = {"minSize": 0, "maxSize": 1, "vpcZoneIdentifiers": subnets}
    lifecycle(
        GROUP,
        {**base, "mixedInstancesPolicy": policy(0)},
        {**base, "mixedInstancesPolicy": policy(1)},
        importable=False,
    )


def test_deleting_a_group_deletes_its_instances(plugin, unique, template, subnets):
    inputs = {"minSize": 1, "maxSize": 1, "launchTemplate": template, "vpcZoneIdentifiers": subnets}
    made = plugin.create(GROUP, unique, inputs)
    plugin.delete(made)
    assert plugin.read(made) is None


def test_a_tag_passes_the_lifecycle(lifecycle, group):
    def tag(value):
        pair = {"key": "k8s.io/cluster-autoscaler/enabled", "value": value, "propagateAtLaunch": False}
        return {"autoscalingGroupName": group.id, "tag": pair}

    made = lifecycle(
        TAG,
        tag("true"),
        tag("false"),
        drift=lambda api, made: api.client("autoscaling").create_or_update_tags(
            Tags=[
                {
                    "ResourceId": group.id,
                    "ResourceType": "auto-scaling-group",
                    "Key": "k8s.io/cluster-autoscaler/enabled",
                    "Value": "maybe",
                    "PropagateAtLaunch": False,
                }
            ]
        ),
    )
    assert made.id == f"{group.id},k8s.io/cluster-autoscaler/enabled"


def test_another_key_replaces_a_tag(plugin, unique, group):
    pair = {"key": "a", "value": "b", "propagateAtLaunch": False}
    made = plugin.create(TAG, unique, {"autoscalingGroupName": group.id, "tag": pair})
    other = {"autoscalingGroupName": group.id, "tag": {**pair, "key": "c"}}
    assert plugin.diff(made, other).replaces == ["tag"]


def test_the_group_behind_a_node_group_can_be_tagged(lifecycle):
    pair = {"key": "a", "value": "b", "propagateAtLaunch": False}
    inputs = {"autoscalingGroupName": "eks-11111111-1111-1111-1111-111111111111", "tag": pair}
    lifecycle(TAG, inputs, {**inputs, "tag": {**pair, "value": "c"}})


def test_tagging_a_group_that_does_not_exist_is_refused(plugin, unique):
    pair = {"key": "a", "value": "b", "propagateAtLaunch": False}
    with pytest.raises(ProviderError, match="not found - nobody"):
        plugin.create(TAG, unique, {"autoscalingGroupName": "nobody", "tag": pair})
