"""Auto Scaling groups, and tags on groups of other origin, such as those of node groups."""

from awsread.services.autoscaling import POLICY, TAG, TEMPLATE, group_of
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import moved

NODE_GROUP_STEM = "eks-"  # names of the groups behind EKS node groups, which moto does not create
KIND = "auto-scaling-group"

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
LOCAL = (  # only the provider uses these
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
    in_state = frozenset(LOCAL)
    in_ledger = frozenset(
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
            **args_of(inputs, LoadBalancerNames="loadBalancers", TargetGroupARNs="targetGroupArns"),
        )
        return str(name)

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self._switch(api, id, {}, inputs)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        client = api.client("autoscaling")
        client.update_auto_scaling_group(AutoScalingGroupName=id, **self._request(new))
        came, went = moved(old, new, "targetGroupArns")
        if went:
            client.detach_load_balancer_target_groups(AutoScalingGroupName=id, TargetGroupARNs=went)
        if came:
            client.attach_load_balancer_target_groups(AutoScalingGroupName=id, TargetGroupARNs=came)
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
        if group_of(api, id) is None:
            return
        # Instances go first, and only then the group.
        client.update_auto_scaling_group(AutoScalingGroupName=id, MinSize=0, MaxSize=0, DesiredCapacity=0)
        client.delete_auto_scaling_group(AutoScalingGroupName=id, ForceDelete=True)

    def _request(self, inputs: Props) -> Props:
        result = args_of(inputs, AvailabilityZones="availabilityZones", **ARGUMENTS)
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
        came, went = moved(old, new, "suspendedProcesses")
        if went:
            client.resume_processes(AutoScalingGroupName=id, ScalingProcesses=went)
        if came:
            client.suspend_processes(AutoScalingGroupName=id, ScalingProcesses=came)


class Tag(LiveResource):
    """A tag on one group. It is in the ledger if the group is behind a node group, which moto does not create."""

    token = "aws:autoscaling/tag:Tag"

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        before, after = old.get("tag") or {}, new.get("tag") or {}
        return forced | {"tag"} if before.get("key") != after.get("key") else forced

    def make(self, api: Api, inputs: Props) -> str:
        id = f"{inputs['autoscalingGroupName']},{inputs['tag']['key']}"
        self._put(api, id, inputs)
        return id

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        name = id.partition(",")[0]
        if group_of(api, name) is not None:
            return super().read_live(api, id, state)
        tag = self.noted(api, id).get("tag")
        return {"autoscalingGroupName": name, "tag": tag} if tag else None

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        name, _, key = id.partition(",")
        if group_of(api, name) is not None:
            tag = {"ResourceId": name, "ResourceType": KIND, "Key": key}
            api.client("autoscaling").delete_tags(Tags=[tag])

    def _put(self, api: Api, id: str, inputs: Props) -> None:
        name = inputs["autoscalingGroupName"]
        if group_of(api, name) is not None:
            api.client("autoscaling").create_or_update_tags(Tags=_tag_request(name, {"tags": [inputs["tag"]]}))
        elif name.startswith(NODE_GROUP_STEM):
            self.note(api, id, tag=inputs["tag"])
        else:
            raise StandInError(f"{self.token}: ValidationError: AutoScalingGroup name not found - {name}")


def _tag_request(name: str, inputs: Props) -> list[Props]:
    target = {"ResourceId": name, "ResourceType": KIND}
    names = {argument: ours for ours, argument in TAG.items()}
    return [{**target, **args_of(tag, **names)} for tag in inputs.get("tags") or ()]
