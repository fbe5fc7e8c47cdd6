"""Secrets, who may read them, and their versions."""

import base64
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import is_gone, or_none
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, given, same_json, same_set, tag_list, tag_map

RECOVERY_WINDOW_DAYS = 30  # of AWS, where none is given
CURRENT = "AWSCURRENT"


class Secret(EchoedResource):
    token = "aws:secretsmanager/secret:Secret"
    auto_name = "name"
    auto_name_max = 512
    partly = frozenset({"replicas"})  # moto forgets the replicas' keys

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("secretsmanager").create_secret(
            Tags=tag_list(inputs.get("tags")),
            ForceOverwriteReplicaSecret=bool(inputs.get("forceOverwriteReplicaSecret")),
            **given(inputs, Name="name", Description="description", KmsKeyId="kmsKeyId", Type="type"),
            **({"AddReplicaRegions": _replicas(inputs)} if inputs.get("replicas") else {}),
        )
        return str(answer["ARN"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if policy := inputs.get("policy"):
            api.client("secretsmanager").put_resource_policy(SecretId=id, ResourcePolicy=policy)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = describe(api, id)
        if found is None:
            return None
        replicas = [
            {"region": one["Region"], **given(one, kmsKeyId="KmsKeyId")} for one in found.get("ReplicationStatus", ())
        ]
        return {
            "arn": found["ARN"],
            "description": found.get("Description") or None,
            "forceOverwriteReplicaSecret": state.get("forceOverwriteReplicaSecret", False),
            "kmsKeyId": found.get("KmsKeyId"),
            "name": found["Name"],
            "namePrefix": state.get("namePrefix"),
            "policy": self._policy(api, id, state),
            "recoveryWindowInDays": state.get("recoveryWindowInDays", RECOVERY_WINDOW_DAYS),
            "replicas": same_set(state.get("replicas"), replicas),
            "tags": tag_map(found.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        client = api.client("secretsmanager")
        if changed & {"description", "kmsKeyId"}:
            client.update_secret(
                SecretId=id, Description=new.get("description") or "", **given(new, KmsKeyId="kmsKeyId")
            )
        if "policy" in changed:
            if new.get("policy"):
                self.settle(api, id, new)
            else:
                client.delete_resource_policy(SecretId=id)
        if "replicas" in changed:
            self._replicate(client, id, old, new)
        if "tags" in changed:
            before, after = old.get("tags") or {}, new.get("tags") or {}
            if stale := sorted(before.keys() - after.keys()):
                client.untag_resource(SecretId=id, TagKeys=stale)
            if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
                client.tag_resource(SecretId=id, Tags=tag_list(fresh))

    def remove(self, api: Api, id: str, state: Props) -> None:
        client = api.client("secretsmanager")
        found = describe(api, id)
        if found is None:
            return
        if regions := [one["Region"] for one in found.get("ReplicationStatus", ())]:
            client.remove_regions_from_replication(SecretId=id, RemoveReplicaRegions=regions)
        days = state.get("recoveryWindowInDays", RECOVERY_WINDOW_DAYS)
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        client.delete_secret(SecretId=id, **how)

    def _policy(self, api: Api, id: str, state: Props) -> str | None:
        """Only a secret that was given a policy owns it: it may be a resource of its own."""
        if state and not state.get("policy"):
            return None
        return same_json(state.get("policy"), _policy_of(api, id))

    def _replicate(self, client: Any, id: str, old: Props, new: Props) -> None:
        before, after = _replicas(old), _replicas(new)
        if gone := [one["Region"] for one in before if one not in after]:
            client.remove_regions_from_replication(SecretId=id, RemoveReplicaRegions=gone)
        if come := [one for one in after if one not in before]:
            client.replicate_secret_to_regions(SecretId=id, AddReplicaRegions=come)


class SecretPolicy(LiveResource):
    token = "aws:secretsmanager/secretPolicy:SecretPolicy"

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, inputs["secretArn"], {}, inputs, frozenset())
        return str(inputs["secretArn"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        live = _policy_of(api, id) if describe(api, id) else None
        if live is None:
            return None
        return {
            "secretArn": id,
            "policy": same_json(state.get("policy"), live),
            "blockPublicPolicy": state.get("blockPublicPolicy"),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        api.client("secretsmanager").put_resource_policy(
            SecretId=id, ResourcePolicy=new["policy"], **given(new, BlockPublicPolicy="blockPublicPolicy")
        )

    def remove(self, api: Api, id: str, state: Props) -> None:
        if describe(api, id):
            api.client("secretsmanager").delete_resource_policy(SecretId=id)


class SecretVersion(LiveResource):
    """Values never change in place. The current version stays when the resource goes: a secret always has one."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"

    def make(self, api: Api, inputs: Props) -> str:
        value = inputs.get("secretString", inputs.get("secretStringWo"))
        binary = inputs.get("secretBinary")
        answer = api.client("secretsmanager").put_secret_value(
            SecretId=inputs["secretId"],
            **({"SecretBinary": base64.b64decode(binary)} if binary else {"SecretString": value or ""}),
            **given(inputs, VersionStages="versionStages"),
        )
        return f"{answer['ARN']}|{answer['VersionId']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        arn, _, version = id.partition("|")
        secret = describe(api, arn)
        stages = (secret or {}).get("VersionIdsToStages", {}).get(version)
        if not stages:
            return None
        found = or_none(api.client("secretsmanager").get_secret_value, SecretId=arn, VersionId=version)
        if found is None:
            return None
        writes_only = state.get("secretStringWoVersion") is not None
        binary = found.get("SecretBinary")
        return {
            "arn": arn,
            "hasSecretStringWo": writes_only,
            "secretArn": arn,
            "secretBinary": base64.b64encode(binary).decode() if binary else None,
            "secretId": state.get("secretId") or arn,
            "secretString": None if writes_only else found.get("SecretString"),
            "secretStringWoVersion": state.get("secretStringWoVersion"),
            "versionId": version,
            # A later version takes the label away: that is no change of a program that never named one.
            **({"versionStages": same_set(state["versionStages"], stages)} if "versionStages" in state else {}),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "versionStages" not in changed:
            return
        arn, _, version = id.partition("|")
        client = api.client("secretsmanager")
        holders = _stage_holders(api, arn)
        wanted = set(new.get("versionStages") or [CURRENT])
        for stage in sorted(wanted):
            if holders.get(stage) != version:
                source = given({"RemoveFromVersionId": holders.get(stage)}, RemoveFromVersionId="RemoveFromVersionId")
                client.update_secret_version_stage(SecretId=arn, VersionStage=stage, MoveToVersionId=version, **source)
        for stage in sorted(name for name, holder in holders.items() if holder == version and name not in wanted):
            client.update_secret_version_stage(SecretId=arn, VersionStage=stage, RemoveFromVersionId=version)

    def remove(self, api: Api, id: str, state: Props) -> None:
        arn, _, version = id.partition("|")
        for stage, holder in _stage_holders(api, arn).items():
            if holder == version and stage != CURRENT:
                api.client("secretsmanager").update_secret_version_stage(
                    SecretId=arn, VersionStage=stage, RemoveFromVersionId=version
                )


def describe(api: Api, id: str) -> Props | None:
    """A secret's description, None where it is gone or waits for its deletion."""
    found = or_none(api.client("secretsmanager").describe_secret, SecretId=id)
    return None if found is None or found.get("DeletedDate") else dict(found)


def get_secret(api: Api, arguments: Props) -> Props:
    """aws.secretsmanager.getSecret: a secret by name or ARN; never its value."""
    found = api.client("secretsmanager").describe_secret(SecretId=arguments.get("arn") or arguments["name"])
    return {
        **arguments,
        "id": found["ARN"],
        "arn": found["ARN"],
        "name": found["Name"],
        "description": found.get("Description", ""),
        "kmsKeyId": found.get("KmsKeyId", ""),
        "policy": _policy_of(api, found["ARN"]) or "",
        "createdDate": found["CreatedDate"].isoformat(),
        "lastChangedDate": found["LastChangedDate"].isoformat(),
        "tags": tag_map(found.get("Tags")),
    }


def _policy_of(api: Api, id: str) -> str | None:
    try:
        found = api.client("secretsmanager").get_resource_policy(SecretId=id)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return found.get("ResourcePolicy") or None


def _stage_holders(api: Api, arn: str) -> dict[str, str]:
    """Stage → version that holds it."""
    stages = (describe(api, arn) or {}).get("VersionIdsToStages", {})
    return {stage: version for version, names in stages.items() for stage in names}


def _replicas(inputs: Props) -> list[Props]:
    return [given(one, Region="region", KmsKeyId="kmsKeyId") for one in inputs.get("replicas") or ()]


FUNCTIONS: dict[str, Function] = {"aws:secretsmanager/getSecret:getSecret": get_secret}
