"""Secrets, their policies and versions."""

import base64
from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, same_json, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("secretsmanager", "aws:secretsmanager/secret:Secret", fixed="recoveryWindowInDays forceOverwriteReplicaSecret")
def secret(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A secret. The policy may be a separate resource, so it is reported only if the secret's state has one."""
    found = description(aws, id)
    if found is None:
        return None
    replicas = [pick(each, "Region", "KmsKeyId") for each in found.get("ReplicationStatus", ())]
    owns = not known or known.get("policy")
    return {
        **pick(found, "KmsKeyId", "Name", arn="ARN"),
        "description": found.get("Description") or None,
        "policy": same_json(known.get("policy"), policy_of(aws, id)) if owns else None,
        "replicas": same_set(known.get("replicas"), replicas),
        "tags": tag_map(found.get("Tags")),
    }


@reads("secretsmanager", "aws:secretsmanager/secretPolicy:SecretPolicy", fixed="secretArn blockPublicPolicy")
def secret_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    policy = policy_of(aws, id) if description(aws, id) else None
    return {"secretArn": id, "policy": same_json(known.get("policy"), policy)} if policy else None


@reads("secretsmanager", "aws:secretsmanager/secretVersion:SecretVersion", is_secret=True)
def secret_version(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    arn, _, version = id.partition("|")
    stages = (description(aws, arn) or {}).get("VersionIdsToStages", {}).get(version)
    found = stages and or_none(aws.client("secretsmanager").get_secret_value, SecretId=arn, VersionId=version)
    if not found:
        return None
    writes_only = known.get("secretStringWoVersion") is not None
    binary = found.get("SecretBinary")
    # A later version takes the label over, which is no drift if the program never set one.
    named = {"versionStages": same_set(known["versionStages"], stages)} if "versionStages" in known else {}
    return {
        "arn": arn,
        "hasSecretStringWo": writes_only,
        "secretArn": arn,
        "secretBinary": base64.b64encode(binary).decode() if binary else None,
        "secretId": known.get("secretId") or arn,
        "secretString": None if writes_only else found.get("SecretString"),
        "secretStringWoVersion": known.get("secretStringWoVersion"),
        "versionId": version,
        **named,
    }


def description(aws: Aws, id: str) -> Props | None:
    """DescribeSecret's answer; None if the secret is deleted or its deletion is scheduled."""
    found = or_none(aws.client("secretsmanager").describe_secret, SecretId=id)
    return None if found is None or found.get("DeletedDate") else dict(found)


def policy_of(aws: Aws, id: str) -> str | None:
    """The resource policy of a secret."""
    found = or_none(aws.client("secretsmanager").get_resource_policy, SecretId=id) or {}
    return found.get("ResourcePolicy") or None
