"""Managed node groups."""

from collections.abc import Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.eks import describe
from sandbox.aws.services.live import given, same_set

DISK_GIB = 20  # of AWS, where no launch template says otherwise
INSTANCE_TYPES = ["t3.medium"]  # of AWS, likewise
BUILD = "20251103"  # of the node images that stand for the newest


class NodeGroup(EchoedResource):
    token = "aws:eks/nodeGroup:NodeGroup"
    auto_name = "nodeGroupName"
    auto_name_max = 63
    kept = frozenset({"forceUpdateVersion", "warmPoolConfig"})
    partly = frozenset({"nodeRepairConfig", "updateConfig"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        if "launchTemplate" not in changed:
            return forced
        before, after = old.get("launchTemplate") or {}, new.get("launchTemplate") or {}
        other = not (before and after) or any(before.get(name) != after.get(name) for name in ("id", "name"))
        return forced | {"launchTemplate"} if other else forced

    def make(self, api: Api, inputs: Props) -> str:
        cluster = describe(api, inputs["clusterName"]) or {}
        version = inputs.get("version") or cluster.get("version")
        image = _image(api, inputs.get("launchTemplate"))
        api.client("eks").create_nodegroup(
            **given(
                {
                    **inputs,
                    "amiType": inputs.get("amiType") or ("CUSTOM" if image else "AL2023_x86_64_STANDARD"),
                    "version": version,
                    "releaseVersion": inputs.get("releaseVersion") or image or f"{version}.0-{BUILD}",
                },
                amiType="amiType",
                capacityType="capacityType",
                clusterName="clusterName",
                diskSize="diskSize",
                instanceTypes="instanceTypes",
                labels="labels",
                launchTemplate="launchTemplate",
                nodeRole="nodeRoleArn",
                nodegroupName="nodeGroupName",
                releaseVersion="releaseVersion",
                scalingConfig="scalingConfig",
                subnets="subnetIds",
                tags="tags",
                taints="taints",
                version="version",
            ),
            **_remote_access(inputs),
        )
        return f"{inputs['clusterName']}:{inputs['nodeGroupName']}"

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        # moto's CreateNodegroup does not take these, its update does.
        wanted = given(inputs, updateConfig="updateConfig", nodeRepairConfig="nodeRepairConfig")
        if wanted:
            api.client("eks").update_nodegroup_config(**_names(id), **wanted)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        answer = or_none(api.client("eks").describe_nodegroup, **_names(id))
        if answer is None:
            return None
        group = answer["nodegroup"]
        noted = self.noted(api, id)
        template = {**group.get("launchTemplate", {}), **noted.get("launchTemplate", {})}
        tags: dict[str, str] = noted.get("tags", group.get("tags") or {})
        return {
            "amiType": group["amiType"],
            "arn": group["nodegroupArn"],
            "capacityType": group["capacityType"],
            "clusterName": group["clusterName"],
            "labels": group.get("labels") or {},
            "launchTemplate": template or None,
            "nodeGroupName": group["nodegroupName"],
            "nodeGroupNamePrefix": state.get("nodeGroupNamePrefix"),
            "nodeRepairConfig": group.get("nodeRepairConfig"),
            "nodeRoleArn": group["nodeRole"],
            "releaseVersion": noted.get("releaseVersion", group["releaseVersion"]),
            "remoteAccess": state.get("remoteAccess"),
            "resources": [{"autoscalingGroups": [{"name": one["name"]} for one in _scaling_groups(group)]}],
            "scalingConfig": group["scalingConfig"],
            "status": group["status"],
            "subnetIds": same_set(state.get("subnetIds"), group["subnets"]),
            "tags": tags,
            "taints": same_set(state.get("taints"), group.get("taints") or []),
            "updateConfig": group.get("updateConfig") or {"maxUnavailable": 1},
            "version": noted.get("version", group["version"]),
            **self._hardware(group, state, has_template=bool(template)),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        names = changed & {"scalingConfig", "updateConfig"}
        wanted: Props = {name: new[name] for name in names if new.get(name)}
        if "nodeRepairConfig" in changed:
            wanted["nodeRepairConfig"] = new.get("nodeRepairConfig") or {"enabled": False}
        if "labels" in changed:
            wanted["labels"] = _label_changes(old.get("labels") or {}, new.get("labels") or {})
        if "taints" in changed:
            wanted["taints"] = _taint_changes(old.get("taints") or [], new.get("taints") or [])
        if wanted:
            api.client("eks").update_nodegroup_config(**_names(id), **wanted)
        # moto has no call for these.
        if "tags" in changed:
            self.note(api, id, tags=new.get("tags") or {})
        if changed & {"version", "releaseVersion", "launchTemplate"}:
            self._roll(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("eks").delete_nodegroup(**_names(id))

    def _roll(self, api: Api, id: str, new: Props) -> None:
        """New nodes of another version or from another version of the template."""
        version = new.get("version")
        image = _image(api, new.get("launchTemplate"))
        release = new.get("releaseVersion") or image or (f"{version}.0-{BUILD}" if version else None)
        said = {"launchTemplate": new.get("launchTemplate"), "version": version, "releaseVersion": release}
        self.note(api, id, **{name: value for name, value in said.items() if value})

    def _hardware(self, group: Props, state: Props, *, has_template: bool) -> Props:
        """moto fills these in even where the launch template says them."""
        types = group.get("instanceTypes")
        told = types if types != INSTANCE_TYPES or "instanceTypes" in state or not has_template else None
        disk = None if has_template else int(group.get("diskSize") or DISK_GIB)
        return {"instanceTypes": told, "diskSize": disk}


def _names(id: str) -> dict[str, str]:
    cluster, _, name = id.partition(":")
    return {"clusterName": cluster, "nodegroupName": name}


def _image(api: Api, template: Mapping[str, Any] | None) -> str | None:
    """AMI that a launch template names, which makes the group one of custom nodes."""
    if not template:
        return None
    names = given(dict(template), LaunchTemplateId="id") or given(dict(template), LaunchTemplateName="name")
    found = api.client("ec2").describe_launch_template_versions(**names, Versions=[str(template["version"])])
    versions = found["LaunchTemplateVersions"]
    return versions[0]["LaunchTemplateData"].get("ImageId") if versions else None


def _remote_access(inputs: Props) -> Props:
    wanted = inputs.get("remoteAccess")
    if not wanted:
        return {}
    return {"remoteAccess": given(wanted, ec2SshKey="ec2SshKey", sourceSecurityGroups="sourceSecurityGroupIds")}


def _scaling_groups(group: Props) -> list[Props]:
    return list(group.get("resources", {}).get("autoScalingGroups", ()))


def _label_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Props:
    fresh = {key: value for key, value in new.items() if old.get(key) != value}
    return {"addOrUpdateLabels": fresh, "removeLabels": sorted(old.keys() - new.keys())}


def _taint_changes(old: list[Any], new: list[Any]) -> Props:
    return {
        "addOrUpdateTaints": [taint for taint in new if taint not in old],
        "removeTaints": [taint for taint in old if not any(_same_taint(taint, other) for other in new)],
    }


def _same_taint(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return (one["key"], one["effect"]) == (other["key"], other["effect"])
