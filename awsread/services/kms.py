"""KMS keys, their replicas, policies, aliases and grants."""

import json
from collections.abc import Mapping
from typing import Any

from awsread.answers import arn, camel, pages, pick, same_json, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

POLICY = "default"  # the only name that KMS accepts
DELETING = ("PendingDeletion", "PendingReplicaDeletion")
FIXED = "deletionWindowInDays bypassPolicyLockoutSafetyCheck"


@reads("kms", "aws:kms/key:Key", fixed=f"{FIXED} customKeyStoreId xksKeyId")
def key(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = metadata(aws, id)
    if found is None:
        return None
    read = _common(aws, id, known, found)
    rotation = aws.client("kms").get_key_rotation_status(KeyId=id)
    rotates = bool(rotation["KeyRotationEnabled"])
    return {
        **read,
        "isEnabled": found["KeyState"] != "Disabled",
        "customerMasterKeySpec": found.get("KeySpec"),
        "multiRegion": bool(found.get("MultiRegion")),
        "enableKeyRotation": rotates,
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays") if rotates else None,
    }


@reads("kms", "aws:kms/replicaKey:ReplicaKey", fixed=f"{FIXED} primaryKeyArn")
def replica_key(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = metadata(aws, id)
    if found is None:
        return None
    return {
        **_common(aws, id, known, found),
        "enabled": found["KeyState"] != "Disabled",
        "primaryKeyArn": found["MultiRegionConfiguration"]["PrimaryKey"]["Arn"],
        "keySpec": found["KeySpec"],
        "keyRotationEnabled": bool(aws.client("kms").get_key_rotation_status(KeyId=id)["KeyRotationEnabled"]),
    }


def _common(aws: Aws, id: str, known: Mapping[str, Any], found: Props) -> Props:
    kms = aws.client("kms")
    policy = kms.get_key_policy(KeyId=id, PolicyName=POLICY)["Policy"]
    return {
        **pick(found, "Arn", "KeyId", "Description", "KeyUsage"),
        "policy": same_json(known.get("policy"), policy),
        "tags": tag_map(kms.list_resource_tags(KeyId=id)["Tags"]),
    }


@reads("kms", "aws:kms/keyPolicy:KeyPolicy", fixed="bypassPolicyLockoutSafetyCheck")
def key_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The key's policy; None if it is AWS's default."""
    if metadata(aws, id) is None:
        return None
    found = aws.client("kms").get_key_policy(KeyId=id, PolicyName=POLICY)["Policy"]
    if json.loads(found) == json.loads(default_policy(aws)):
        return None
    return {"keyId": id, "policy": same_json(known.get("policy"), found)}


@reads("kms", "aws:kms/alias:Alias")
def alias(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = next(
        (each for each in pages(aws.client("kms"), "list_aliases", "Aliases") if each["AliasName"] == id), None
    )
    read = None if found is None else alias_properties(aws, id, found.get("TargetKeyId", ""), known)
    return {**read, "arn": found["AliasArn"]} if found and read else None


def alias_properties(aws: Aws, id: str, target: str, known: Mapping[str, Any]) -> Props | None:
    """An alias by its name and the id of its key, None where the key is gone."""
    found = metadata(aws, target)
    if found is None:
        return None
    written = known.get("targetKeyId")
    return {
        "name": id,
        "arn": arn(aws, "kms", id),
        "targetKeyArn": found["Arn"],
        "targetKeyId": written if written in {found["Arn"], found["KeyId"]} else found["KeyId"],
    }


@reads("kms", "aws:kms/grant:Grant", fixed="grantCreationTokens retireOnDelete")
def grant(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    key_id, _, grant_id = id.rpartition(":")
    answer = or_none(aws.client("kms").list_grants, KeyId=key_id, GrantId=grant_id)
    found = next(iter(answer["Grants"]), None) if answer else None
    if found is None:
        return None
    constraints = camel(found.get("Constraints") or {})
    return {
        **pick(found, "Name", "GranteePrincipal", "RetiringPrincipal"),
        "keyId": known.get("keyId") or key_id,
        "grantId": grant_id,
        "operations": same_set(known.get("operations"), found["Operations"]),
        "constraints": [constraints] if constraints else None,
    }


def metadata(aws: Aws, id: str) -> Props | None:
    """Metadata of a key; None if it is deleted or its deletion is scheduled."""
    answer = or_none(aws.client("kms").describe_key, KeyId=id)
    if answer is None or answer["KeyMetadata"]["KeyState"] in DELETING:
        return None
    return dict(answer["KeyMetadata"])


def default_policy(aws: Aws) -> str:
    """The policy that AWS gives a key which is created without one."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{aws.partition}:iam::{aws.account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})
