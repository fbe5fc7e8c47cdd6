"""Keys, secrets, roles and what they permit."""

import json
from collections.abc import Mapping
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.live.reader import Props, Reader, attempted, pick, reader, tags

KEY = "aws:kms/key:Key"


def _key(kms: Any, node: Node) -> Props | None:
    about = kms.describe_key(KeyId=node.id)["KeyMetadata"]
    if about["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
        return None
    found = {
        "isEnabled" if node.type == KEY else "enabled": about["Enabled"],
        "multiRegion": about.get("MultiRegion", False),
        "keyUsage": about["KeyUsage"],
        "customerMasterKeySpec": about.get("KeySpec"),
        "policy": kms.get_key_policy(KeyId=node.id, PolicyName="default")["Policy"],
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=node.id)["Tags"]},
    }
    if node.type == KEY:
        rotation = kms.get_key_rotation_status(KeyId=node.id)
        found |= pick(rotation, enableKeyRotation="KeyRotationEnabled", rotationPeriodInDays="RotationPeriodInDays")
    return found


def _alias(kms: Any, node: Node) -> Props | None:
    pages = kms.get_paginator("list_aliases").paginate()
    found = [alias for page in pages for alias in page["Aliases"] if alias["AliasName"] == node.id]
    return {"targetKeyId": found[0].get("TargetKeyId")} if found else None


def _secret(secrets: Any, node: Node) -> Props | None:
    found = secrets.describe_secret(SecretId=node.id)
    if found.get("DeletedDate"):
        return None
    replicas = [pick(each, "Region", "KmsKeyId") for each in found.get("ReplicationStatus", ())]
    return {**pick(found, "KmsKeyId"), "replicas": replicas, "tags": tags(found.get("Tags"))}


def _secret_policy(secrets: Any, node: Node) -> Props | None:
    policy = secrets.get_resource_policy(SecretId=node.id).get("ResourcePolicy")
    return {"policy": policy} if policy else None


def _role(iam: Any, node: Node) -> Props:
    found = iam.get_role(RoleName=node.id)["Role"]
    return {
        "assumeRolePolicy": _text(found["AssumeRolePolicyDocument"]),
        **pick(found, "MaxSessionDuration", "Path"),
        **pick(found.get("PermissionsBoundary", {}), permissionsBoundary="PermissionsBoundaryArn"),
        "tags": tags(found.get("Tags")),
    }


def _role_policy(iam: Any, node: Node) -> Props:
    role, _, name = (node.id or "").partition(":")
    found = iam.get_role_policy(RoleName=role, PolicyName=name)
    return {"role": role, "policy": _text(found["PolicyDocument"])}


def _attachment(iam: Any, node: Node) -> Props | None:
    role, policy = node.inputs["role"], node.inputs["policyArn"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if any(each["PolicyArn"] == policy for each in attached):
        return {"role": role, "policyArn": policy}
    if attempted(lambda: iam.get_policy(PolicyArn=policy)) is UNKNOWN:
        raise LookupError(f"the account does not know the policy {policy}, so it cannot say who has it")
    return None


def _managed_policy(iam: Any, node: Node) -> Props:
    found = iam.get_policy(PolicyArn=node.id)["Policy"]
    version = iam.get_policy_version(PolicyArn=node.id, VersionId=found["DefaultVersionId"])
    return {"policy": _text(version["PolicyVersion"]["Document"]), "tags": tags(found.get("Tags"))}


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


KEY_FIXED = ("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck", "primaryKeyArn", "customKeyStoreId", "xksKeyId")

READERS: Mapping[str, Reader] = {
    KEY: reader("kms", _key, *KEY_FIXED),
    "aws:kms/replicaKey:ReplicaKey": reader("kms", _key, *KEY_FIXED),
    "aws:kms/alias:Alias": reader("kms", _alias),
    "aws:secretsmanager/secret:Secret": reader(
        "secretsmanager", _secret, "recoveryWindowInDays", "forceOverwriteReplicaSecret"
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": reader(
        "secretsmanager", _secret_policy, "secretArn", "blockPublicPolicy"
    ),
    "aws:iam/role:Role": reader("iam", _role, "forceDetachPolicies", everywhere=True),
    "aws:iam/rolePolicy:RolePolicy": reader("iam", _role_policy, everywhere=True),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": reader("iam", _attachment, everywhere=True),
    "aws:iam/policy:Policy": reader("iam", _managed_policy, "path", "delayAfterPolicyCreationInMs", everywhere=True),
}
