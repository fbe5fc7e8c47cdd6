"""Auto Scaling groups, and tags on groups that something else made."""

from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, given, one, same_set
from sandbox.aws.services.spelling import Spelling

NODE_GROUP_STEM = "eks-"  # EKS calls the groups behind its node groups so; moto only names them
KIND = "auto-scaling-group"
POLICY = Spelling()
TEMPLATE = Spelling({"id": "LaunchTemplateId", "name": "LaunchTemplateName"})

ARGUMENTS = {
    "CapacityRebalance": "capacityRebalance",
    "DefaultCooldown": "defaultCooldown",
    "DesiredCapacity": "desiredCapacity",
    "HealthCheckGracePeriod": "healthCheckGracePeriod",
    "HealthCheckType": "healthCheckType",
    "LaunchConfigurationName": "launchConfiguration",
    "MaxSize": "maxSize",
    "MinSize": "minSize",
    "NewInstancesProtectedFromScaleIn": "protectFromScaleIn",
    "PlacementGroup": "placementGroup",
    "TerminationPolicies": "terminationPolicies",
}
OURS = (  # what only the provider itself goes by
    "forceDelete",
    "forceDeleteWarmPool",
    "ignoreFailedScalingActivities",
    "instanceRefresh",
    "metricsGranularity",
    "minElbCapacity",
    "namePrefix",
    "waitForCapacityTimeout",
    "waitForElbCapacity",
)


class Group(EchoedResource):
    token = "aws:autoscaling/group:Group"
    auto_name = "name"
    kept = frozenset(
        {
            "availabilityZoneDistribution",
            "capacityReservationSpecification",
            "context",
            "defaultInstanceWarmup",
            "desiredCapacityType",
            "initialLifecycleHooks",
            "instanceLifecyclePolicy",
            "instanceMaintenancePolicy",
            "maxInstanceLifetime",
            "trafficSources",
            "warmPool",
        }
    )
    partly = frozenset({"mixedInstancesPolicy"})

    def make(self, api: Api, inputs: Props) -> str:
        name = inputs["name"]
        api.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=name,
            Tags=_tag_request(name, inputs),
            **self._request(inputs),
            **given(inputs, LoadBalancerNames="loadBalancers", TargetGroupARNs="targetGroupArns"),
        )
        return str(name)

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self._switch(api, id, {}, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = _group(api, id)
        if found is None:
            return None
        subnets = [subnet for subnet in found.get("VPCZoneIdentifier", "").split(",") if subnet]
        tags = [
            {"key": tag["Key"], "value": tag["Value"], "propagateAtLaunch": tag["PropagateAtLaunch"]}
            for tag in found.get("Tags", ())
        ]
        template = found.get("LaunchTemplate")
        policy = found.get("MixedInstancesPolicy")
        return {
            "arn": found["AutoScalingGroupARN"],
            "availabilityZones": same_set(state.get("availabilityZones"), found["AvailabilityZones"]),
            "capacityRebalance": found.get("CapacityRebalance"),
            "defaultCooldown": found["DefaultCooldown"],
            "desiredCapacity": found["DesiredCapacity"],
            "enabledMetrics": same_set(state.get("enabledMetrics"), [m["Metric"] for m in found["EnabledMetrics"]]),
            "healthCheckGracePeriod": found.get("HealthCheckGracePeriod"),
            "healthCheckType": found["HealthCheckType"],
            "launchConfiguration": found.get("LaunchConfigurationName"),
            "launchTemplate": TEMPLATE.to_props(template) if template and not policy else None,
            "loadBalancers": same_set(state.get("loadBalancers"), found.get("LoadBalancerNames", ())),
            "maxSize": found["MaxSize"],
            "minSize": found["MinSize"],
            "mixedInstancesPolicy": POLICY.to_props(policy) if policy else None,
            "name": id,
            "placementGroup": found.get("PlacementGroup"),
            "predictedCapacity": 0,
            "protectFromScaleIn": found["NewInstancesProtectedFromScaleIn"],
            "serviceLinkedRoleArn": found.get("ServiceLinkedRoleARN"),
            "suspendedProcesses": same_set(
                state.get("suspendedProcesses"), [one_["ProcessName"] for one_ in found["SuspendedProcesses"]]
            ),
            "tags": same_set(state.get("tags"), tags),
            "targetGroupArns": same_set(state.get("targetGroupArns"), found.get("TargetGroupARNs", ())),
            "terminationPolicies": found["TerminationPolicies"],
            "vpcZoneIdentifiers": same_set(state.get("vpcZoneIdentifiers"), subnets),
            "warmPoolSize": 0,
            **{name: state[name] for name in OURS if name in state},
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        client = api.client("autoscaling")
        client.update_auto_scaling_group(AutoScalingGroupName=id, **self._request(new))
        before, after = set(old.get("targetGroupArns") or ()), set(new.get("targetGroupArns") or ())
        if stale := sorted(before - after):
            client.detach_load_balancer_target_groups(AutoScalingGroupName=id, TargetGroupARNs=stale)
        if fresh := sorted(after - before):
            client.attach_load_balancer_target_groups(AutoScalingGroupName=id, TargetGroupARNs=fresh)
        if "tags" in changed:
            wanted = {tag["Key"]: tag for tag in _tag_request(id, new)}
            gone = [tag for tag in _tag_request(id, old) if tag["Key"] not in wanted]
            if gone:
                client.delete_tags(Tags=gone)
            if wanted:
                client.create_or_update_tags(Tags=list(wanted.values()))
        self._switch(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        client = api.client("autoscaling")
        if _group(api, id) is None:
            return
        # Instances go first, and only then the group.
        client.update_auto_scaling_group(AutoScalingGroupName=id, MinSize=0, MaxSize=0, DesiredCapacity=0)
        client.delete_auto_scaling_group(AutoScalingGroupName=id, ForceDelete=True)

    def _request(self, inputs: Props) -> Props:
        result = given(inputs, AvailabilityZones="availabilityZones", **ARGUMENTS)
        if subnets := inputs.get("vpcZoneIdentifiers"):
            result["VPCZoneIdentifier"] = ",".join(subnets)
        if template := inputs.get("launchTemplate"):
            result["LaunchTemplate"] = TEMPLATE.to_api(template)
        if policy := inputs.get("mixedInstancesPolicy"):
            result["MixedInstancesPolicy"] = POLICY.to_api(policy)
        return result

    def _switch(self, api: Api, id: str, old: Props, new: Props) -> None:
        """Metrics and processes, which have calls of their own."""
        client = api.client("autoscaling")
        if metrics := new.get("enabledMetrics"):
            granularity = new.get("metricsGranularity", "1Minute")
            client.enable_metrics_collection(AutoScalingGroupName=id, Metrics=metrics, Granularity=granularity)
        before, after = set(old.get("suspendedProcesses") or ()), set(new.get("suspendedProcesses") or ())
        if stale := sorted(before - after):
            client.resume_processes(AutoScalingGroupName=id, ScalingProcesses=stale)
        if fresh := sorted(after - before):
            client.suspend_processes(AutoScalingGroupName=id, ScalingProcesses=fresh)


class Tag(LiveResource):
    """On a group that moto runs it is live; on one behind a node group, which moto only names, it is noted."""

    token = "aws:autoscaling/tag:Tag"

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        before, after = old.get("tag") or {}, new.get("tag") or {}
        return forced | {"tag"} if before.get("key") != after.get("key") else forced

    def make(self, api: Api, inputs: Props) -> str:
        id = f"{inputs['autoscalingGroupName']},{inputs['tag']['key']}"
        self._put(api, id, inputs)
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        name, _, key = id.partition(",")
        group = _group(api, name)
        if group is None:
            tag = self.noted(api, id).get("tag")
        else:
            found = next((tag for tag in group.get("Tags", ()) if tag["Key"] == key), None)
            tag = found and given(found, key="Key", value="Value", propagateAtLaunch="PropagateAtLaunch")
        return {"autoscalingGroupName": name, "tag": tag} if tag else None

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        name, _, key = id.partition(",")
        if _group(api, name) is not None:
            tag = {"ResourceId": name, "ResourceType": KIND, "Key": key}
            api.client("autoscaling").delete_tags(Tags=[tag])

    def _put(self, api: Api, id: str, inputs: Props) -> None:
        name = inputs["autoscalingGroupName"]
        if _group(api, name) is not None:
            api.client("autoscaling").create_or_update_tags(Tags=_tag_request(name, {"tags": [inputs["tag"]]}))
        elif name.startswith(NODE_GROUP_STEM):
            self.note(api, id, tag=inputs["tag"])
        else:
            raise StandInError(f"{self.token}: ValidationError: AutoScalingGroup name not found - {name}")


def _group(api: Api, name: str) -> Props | None:
    call = api.client("autoscaling").describe_auto_scaling_groups
    return one(call, "AutoScalingGroups", AutoScalingGroupNames=[name])


def _tag_request(name: str, inputs: Props) -> list[Props]:
    return [
        {
            "ResourceId": name,
            "ResourceType": KIND,
            "Key": tag["key"],
            "Value": tag["value"],
            "PropagateAtLaunch": tag["propagateAtLaunch"],
        }
        for tag in inputs.get("tags") or ()
    ]
