"""Who and what gets into a cluster: add-ons, access entries, pod identities."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.reader import Props, Reader, pick, reader


def _addon(eks: Any, node: Node) -> Props:
    cluster, _, name = (node.id or "").partition(":")
    found = eks.describe_addon(clusterName=cluster, addonName=name)["addon"]
    return {
        **pick(found, "addonName", "addonVersion", "configurationValues", "serviceAccountRoleArn"),
        "clusterName": cluster,
        "tags": found.get("tags", {}),
    }


def _access_entry(eks: Any, node: Node) -> Props:
    cluster, _, principal = (node.id or "").partition(":")
    found = eks.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
    groups = {"kubernetesGroups": found["kubernetesGroups"]} if found.get("kubernetesGroups") else {}
    return {**pick(found, "type", "clusterName", "principalArn"), **groups, "tags": found.get("tags", {})}


def _access_policy(eks: Any, node: Node) -> Props | None:
    cluster, principal, policy = (node.inputs[name] for name in ("clusterName", "principalArn", "policyArn"))
    answer = eks.list_associated_access_policies(clusterName=cluster, principalArn=principal)
    found = next((each for each in answer["associatedAccessPolicies"] if each["policyArn"] == policy), None)
    if found is None:
        return None
    scope = {name: value for name, value in found["accessScope"].items() if value}
    return {"clusterName": cluster, "principalArn": principal, "policyArn": policy, "accessScope": scope}


def _pod_identity(eks: Any, node: Node) -> Props:
    cluster = node.inputs["clusterName"]
    found = eks.describe_pod_identity_association(clusterName=cluster, associationId=node.id)["association"]
    names = ("clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn", "disableSessionTags")
    return {**pick(found, *names), "tags": found.get("tags", {})}


READERS: Mapping[str, Reader] = {
    "aws:eks/addon:Addon": reader("eks", _addon, "resolveConflictsOnCreate", "resolveConflictsOnUpdate", "preserve"),
    "aws:eks/accessEntry:AccessEntry": reader("eks", _access_entry, "userName"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": reader("eks", _access_policy),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": reader("eks", _pod_identity),
}
