"""EKS clusters, node groups, add-ons, access entries and pod identities."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

NODE_GROUP = (
    "amiType",
    "capacityType",
    "clusterName",
    "diskSize",
    "instanceTypes",
    "launchTemplate",
    "nodeRepairConfig",
    "releaseVersion",
    "scalingConfig",
    "status",
    "updateConfig",
    "version",
)


@reads(
    "eks",
    "aws:eks/cluster:Cluster",
    fixed="accessConfig bootstrapSelfManagedAddons kubernetesNetworkConfig upgradePolicy zonalShiftConfig",
)
def cluster(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = cluster_of(aws, id)
    if found is None:
        return None
    encryption: Props | None = next(iter(found.get("encryptionConfig") or ()), None)
    oidc = found.get("identity", {}).get("oidc")
    return {
        **pick(found, "arn", "endpoint", "kubernetesNetworkConfig", "platformVersion", "remoteNetworkConfig"),
        **pick(found, "roleArn", "status", "upgradePolicy", "version", "deletionProtection"),
        "name": id,
        "certificateAuthority": {"data": found.get("certificateAuthority", {}).get("data")},
        "createdAt": found["createdAt"].isoformat() if "createdAt" in found else None,
        "enabledClusterLogTypes": same_set(known.get("enabledClusterLogTypes"), _log_types(found)),
        "encryptionConfig": pick(encryption, "resources", "provider") if encryption else None,
        "identities": [{"oidcs": [{"issuer": oidc["issuer"]}]}] if oidc else None,
        "tags": tag_map(found.get("tags")),
        "vpcConfig": _vpc_config(found["resourcesVpcConfig"], known.get("vpcConfig") or {}),
    }


def cluster_of(aws: Aws, name: str) -> Props | None:
    """DescribeCluster's answer, None where there is no such cluster."""
    answer = or_none(aws.client("eks").describe_cluster, name=name)
    return dict(answer["cluster"]) if answer else None


def _log_types(found: Mapping[str, Any]) -> list[str]:
    setups = found.get("logging", {}).get("clusterLogging", ())
    return [name for setup in setups if setup.get("enabled") for name in setup.get("types", ())]


def _vpc_config(live: Mapping[str, Any], known: Mapping[str, Any]) -> Props:
    is_public = live.get("endpointPublicAccess", True)
    cidrs = live.get("publicAccessCidrs") or ["0.0.0.0/0"]
    sets = {"publicAccessCidrs": cidrs} if is_public or "publicAccessCidrs" in known else {}
    sets |= {name: live.get(name) or [] for name in ("securityGroupIds", "subnetIds")}
    return {
        **pick(live, "clusterSecurityGroupId", "vpcId"),
        "endpointPrivateAccess": live.get("endpointPrivateAccess", False),
        "endpointPublicAccess": is_public,
        **{name: same_set(known.get(name), values) for name, values in sets.items()},
    }


@reads("eks", "aws:eks/nodeGroup:NodeGroup", fixed="nodeGroupName nodeGroupNamePrefix")
def node_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `cluster:name`. With a launch template the group itself has no disk size and remote access."""
    cluster, _, name = id.partition(":")
    answer = or_none(aws.client("eks").describe_nodegroup, clusterName=cluster, nodegroupName=name)
    if answer is None:
        return None
    found = answer["nodegroup"]
    groups = found.get("resources", {}).get("autoScalingGroups", ())
    read = {
        **{name: found[name] for name in NODE_GROUP if found.get(name) is not None},
        "arn": found["nodegroupArn"],
        "labels": found.get("labels") or {},
        "nodeGroupName": found["nodegroupName"],
        "nodeRoleArn": found["nodeRole"],
        "resources": [{"autoscalingGroups": [{"name": group["name"]} for group in groups]}],
        "subnetIds": same_set(known.get("subnetIds"), found["subnets"]),
        "tags": tag_map(found.get("tags")),
        "taints": same_set(known.get("taints"), found.get("taints") or []),
    }
    if found.get("launchTemplate"):
        return {**read, "diskSize": None, "remoteAccess": None}
    access = pick(found.get("remoteAccess") or {}, "ec2SshKey", sourceSecurityGroupIds="sourceSecurityGroups")
    return {**read, "remoteAccess": access or None}


@reads("eks", "aws:eks/addon:Addon", fixed="resolveConflictsOnCreate resolveConflictsOnUpdate preserve")
def addon(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    cluster, _, name = id.partition(":")
    found = aws.client("eks").describe_addon(clusterName=cluster, addonName=name)["addon"]
    names = ("addonName", "addonVersion", "configurationValues", "serviceAccountRoleArn")
    return {**pick(found, *names), "clusterName": cluster, "tags": tag_map(found.get("tags"))}


@reads("eks", "aws:eks/accessEntry:AccessEntry", fixed="userName")
def access_entry(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    cluster, _, principal = id.partition(":")
    found = aws.client("eks").describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
    groups = found.get("kubernetesGroups") or None
    return {
        **pick(found, "type", "clusterName", "principalArn"),
        "kubernetesGroups": groups,
        "tags": tag_map(found.get("tags")),
    }


@reads("eks", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
def access_policy_association(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `cluster#principal#policy`."""
    parts = [known.get(name) for name in ("clusterName", "principalArn", "policyArn")]
    cluster, principal, policy = parts if all(parts) else id.split("#")
    call = aws.client("eks").list_associated_access_policies
    policies = call(clusterName=cluster, principalArn=principal)["associatedAccessPolicies"]
    found = next((each for each in policies if each["policyArn"] == policy), None)
    if found is None:
        return None
    scope = {name: value for name, value in found["accessScope"].items() if value}
    return {"clusterName": cluster, "principalArn": principal, "policyArn": policy, "accessScope": scope}


@reads("eks", "aws:eks/podIdentityAssociation:PodIdentityAssociation")
def pod_identity_association(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Found by its id and the state's cluster, or at an import by `cluster,association`."""
    cluster, _, association = id.rpartition(",")
    call = aws.client("eks").describe_pod_identity_association
    found = call(clusterName=known.get("clusterName") or cluster, associationId=association)["association"]
    names = ("clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn", "disableSessionTags")
    return {**pick(found, *names), "tags": tag_map(found.get("tags"))}
