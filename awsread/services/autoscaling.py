"""Auto Scaling groups, and tags on groups of other origin, such as those of node groups."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import one, pick, same_set
from awsread.reader import Aws, Props, reads
from awsread.spelling import Spelling

POLICY = Spelling()
TEMPLATE = Spelling({"id": "LaunchTemplateId", "name": "LaunchTemplateName"})
TAG = {"key": "Key", "value": "Value", "propagateAtLaunch": "PropagateAtLaunch"}


@reads("autoscaling", "aws:autoscaling/group:Group")
def group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = group_of(aws, id)
    if found is None:
        return None
    template, policy = found.get("LaunchTemplate"), found.get("MixedInstancesPolicy")
    sets = {
        "availabilityZones": found["AvailabilityZones"],
        "enabledMetrics": [each["Metric"] for each in found["EnabledMetrics"]],
        "loadBalancers": found.get("LoadBalancerNames", ()),
        "suspendedProcesses": [each["ProcessName"] for each in found["SuspendedProcesses"]],
        "tags": [pick(tag, **TAG) for tag in found.get("Tags", ())],
        "targetGroupArns": found.get("TargetGroupARNs", ()),
        "vpcZoneIdentifiers": [subnet for subnet in found.get("VPCZoneIdentifier", "").split(",") if subnet],
    }
    return {
        **pick(found, "CapacityRebalance", "DefaultCooldown", "DesiredCapacity", "HealthCheckGracePeriod"),
        **pick(found, "HealthCheckType", "MaxSize", "MinSize", "PlacementGroup", "TerminationPolicies"),
        **pick(found, arn="AutoScalingGroupARN", launchConfiguration="LaunchConfigurationName"),
        **pick(found, serviceLinkedRoleArn="ServiceLinkedRoleARN"),
        "launchTemplate": TEMPLATE.to_props(template) if template and not policy else None,
        "mixedInstancesPolicy": POLICY.to_props(policy) if policy else None,
        "name": id,
        "predictedCapacity": found.get("PredictedCapacity", 0),
        "protectFromScaleIn": found["NewInstancesProtectedFromScaleIn"],
        "warmPoolSize": found.get("WarmPoolSize", 0),
        **{name: same_set(known.get(name), values) for name, values in sets.items()},
    }


@reads("autoscaling", "aws:autoscaling/tag:Tag")
def tag(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `group,key`."""
    name, _, key = id.partition(",")
    tags = (group_of(aws, name) or {}).get("Tags", ())
    found = next((pick(each, **TAG) for each in tags if each["Key"] == key), None)
    return None if found is None else {"autoscalingGroupName": name, "tag": found}


def group_of(aws: Aws, name: str) -> Props | None:
    call = aws.client("autoscaling").describe_auto_scaling_groups
    return one(call, "AutoScalingGroups", AutoScalingGroupNames=[name])
