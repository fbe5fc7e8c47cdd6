"""Managed node groups."""

from collections.abc import Mapping
from typing import Any

from awsread.services.eks import cluster_of
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import args_of
from sandbox.aws.services.requests import call

DISK_GIB = 20  # AWS's, where no launch template says otherwise
INSTANCE_TYPES = ["t3.medium"]  # AWS's, where no launch template says otherwise
BUILD = "20251103"  # of the made-up newest node images


class NodeGroup(EchoedResource):
    token = "aws:eks/nodeGroup:NodeGroup"
    auto_name = "nodeGroupName"
    auto_name_max = 63
    in_ledger = frozenset({"forceUpdateVersion", "warmPoolConfig"})
    in_state = frozenset({"nodeGroupNamePrefix", "remoteAccess"})
    moto_omits = {"updateConfig": {"maxUnavailable": 1}}
    names = {"nodeRoleArn": "nodeRole", "subnetIds": "subnets", "sourceSecurityGroupIds": "sourceSecurityGroups"}
    partly = frozenset({"nodeRepairConfig", "updateConfig"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        if "launchTemplate" not in changed:
            return forced
        before, after = old.get("launchTemplate") or {}, new.get("launchTemplate") or {}
        other = not (before and after) or any(before.get(name) != after.get(name) for name in ("id", "name"))
        return forced | {"launchTemplate"} if other else forced

    def make(self, api: Api, inputs: Props) -> str:
        cluster = cluster_of(api, inputs["clusterName"]) or {}
        version = inputs.get("version") or cluster.get("version")
        image = _image(api, inputs.get("launchTemplate"))
        wanted = {
            **{name: value for name, value in inputs.items() if name not in self.in_ledger | self.partly},
            "amiType": inputs.get("amiType") or ("CUSTOM" if image else "AL2023_x86_64_STANDARD"),
            "version": version,
            "releaseVersion": inputs.get("releaseVersion") or image or f"{version}.0-{BUILD}",
        }
        call(api.client("eks"), "create_nodegroup", wanted, self.names)
        return f"{inputs['clusterName']}:{inputs['nodeGroupName']}"

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        # moto's CreateNodegroup does not take these, its update does.
        wanted = args_of(inputs, updateConfig="updateConfig", nodeRepairConfig="nodeRepairConfig")
        if wanted:
            api.client("eks").update_nodegroup_config(**_names(id), **wanted)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        return found and {**found, **self._hardware(found, state), "remoteAccess": None}

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
        version, template = new.get("version"), new.get("launchTemplate")
        image = _image(api, template)
        release = new.get("releaseVersion") or image or (f"{version}.0-{BUILD}" if version else None)
        current = (self.read_live(api, id, new) or {}).get("launchTemplate") or {}
        facts = {"launchTemplate": template and {**current, **template}, "version": version, "releaseVersion": release}
        self.note(api, id, **{name: value for name, value in facts.items() if value})

    def _hardware(self, found: Props, state: Props) -> Props:
        """moto fills these in even where the launch template has them."""
        types, has_template = found.get("instanceTypes"), bool(found.get("launchTemplate"))
        shown = types if types != INSTANCE_TYPES or "instanceTypes" in state or not has_template else None
        return {"instanceTypes": shown, "diskSize": None if has_template else int(found.get("diskSize") or DISK_GIB)}


def _names(id: str) -> dict[str, str]:
    cluster, _, name = id.partition(":")
    return {"clusterName": cluster, "nodegroupName": name}


def _image(api: Api, template: Mapping[str, Any] | None) -> str | None:
    """AMI that a launch template names, which makes the group one of custom nodes."""
    if not template:
        return None
    names = args_of(dict(template), LaunchTemplateId="id") or args_of(dict(template), LaunchTemplateName="name")
    found = api.client("ec2").describe_launch_template_versions(**names, Versions=[str(template["version"])])
    versions = found["LaunchTemplateVersions"]
    return versions[0]["LaunchTemplateData"].get("ImageId") if versions else None


def _label_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Props:
    added = {key: value for key, value in new.items() if old.get(key) != value}
    return {"addOrUpdateLabels": added, "removeLabels": sorted(old.keys() - new.keys())}


def _taint_changes(old: list[Any], new: list[Any]) -> Props:
    return {
        "addOrUpdateTaints": [taint for taint in new if taint not in old],
        "removeTaints": [taint for taint in old if not any(_same_taint(taint, other) for other in new)],
    }


def _same_taint(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return (one["key"], one["effect"]) == (other["key"], other["effect"])
