"""Secrets, their policies and versions."""

import base64
from typing import Any

from awsread.answers import tag_map
from awsread.services.secretsmanager import description, policy_of
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import call

CURRENT = "AWSCURRENT"
PUT_POLICY = {"policy": "ResourcePolicy"}


class Secret(EchoedResource):
    token = "aws:secretsmanager/secret:Secret"
    service = "secretsmanager"
    creation = ("create_secret", "ARN")
    names = {"replicas": "AddReplicaRegions"}
    auto_name = "name"
    auto_name_max = 512
    in_state = frozenset({"forceOverwriteReplicaSecret", "recoveryWindowInDays"})
    partly = frozenset({"replicas"})  # moto forgets the replicas' keys

    def make(self, api: Api, inputs: Props) -> str:
        return super().make(api, {**inputs, "replicas": inputs.get("replicas") or None})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if policy := inputs.get("policy"):
            api.client("secretsmanager").put_resource_policy(SecretId=id, ResourcePolicy=policy)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        client = api.client("secretsmanager")
        if changed & {"description", "kmsKeyId"}:
            client.update_secret(
                SecretId=id, Description=new.get("description") or "", **args_of(new, KmsKeyId="kmsKeyId")
            )
        if "policy" in changed:
            if new.get("policy"):
                self.configure(api, id, new)
            else:
                client.delete_resource_policy(SecretId=id)
        if "replicas" in changed:
            self._replicate(client, id, old, new)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        client = api.client("secretsmanager")
        found = description(api, id)
        if found is None:
            return
        if regions := [one["Region"] for one in found.get("ReplicationStatus", ())]:
            client.remove_regions_from_replication(SecretId=id, RemoveReplicaRegions=regions)
        days = state.get("recoveryWindowInDays", self.defaults["recoveryWindowInDays"])
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        client.delete_secret(SecretId=id, **how)

    def _replicate(self, client: Any, id: str, old: Props, new: Props) -> None:
        before, after = old.get("replicas") or [], new.get("replicas") or []
        if gone := [one["region"] for one in before if one not in after]:
            client.remove_regions_from_replication(SecretId=id, RemoveReplicaRegions=gone)
        if come := [one for one in after if one not in before]:
            call(client, "replicate_secret_to_regions", {"replicas": come}, self.names, SecretId=id)


class SecretPolicy(LiveResource):
    token = "aws:secretsmanager/secretPolicy:SecretPolicy"
    in_state = frozenset({"blockPublicPolicy"})

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, inputs["secretArn"], {}, inputs, frozenset())
        return str(inputs["secretArn"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        call(api.client("secretsmanager"), "put_resource_policy", new, PUT_POLICY, SecretId=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if description(api, id):
            api.client("secretsmanager").delete_resource_policy(SecretId=id)


class SecretVersion(LiveResource):
    """A version. Values never change in place, and deletion leaves the current version: a secret always has one."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"

    def make(self, api: Api, inputs: Props) -> str:
        value = inputs.get("secretString", inputs.get("secretStringWo"))
        binary = inputs.get("secretBinary")
        answer = api.client("secretsmanager").put_secret_value(
            SecretId=inputs["secretId"],
            **({"SecretBinary": base64.b64decode(binary)} if binary else {"SecretString": value or ""}),
            **args_of(inputs, VersionStages="versionStages"),
        )
        return f"{answer['ARN']}|{answer['VersionId']}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "versionStages" not in changed:
            return
        arn, _, version = id.partition("|")
        client = api.client("secretsmanager")
        holders = _stage_holders(api, arn)
        wanted = set(new.get("versionStages") or [CURRENT])
        for stage in sorted(wanted):
            if holders.get(stage) != version:
                source = {"RemoveFromVersionId": holders[stage]} if stage in holders else {}
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
        "policy": policy_of(api, found["ARN"]) or "",
        "createdDate": found["CreatedDate"].isoformat(),
        "lastChangedDate": found["LastChangedDate"].isoformat(),
        "tags": tag_map(found.get("Tags")),
    }


def _stage_holders(api: Api, arn: str) -> dict[str, str]:
    """Stage → version that has it."""
    stages = (description(api, arn) or {}).get("VersionIdsToStages", {})
    return {stage: version for version, names in stages.items() for stage in names}


FUNCTIONS: dict[str, Function] = {"aws:secretsmanager/getSecret:getSecret": get_secret}
