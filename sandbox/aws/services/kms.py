"""KMS keys, their replicas, policies, aliases and grants."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, or_none
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, arn, given, same_json, same_set

POLICY = "default"  # the only name KMS knows
DELETION_WINDOW_DAYS = 30  # of AWS, where none is given
ROTATION_PERIOD_DAYS = 365  # of AWS, where none is given
DELETING = ("PendingDeletion", "PendingReplicaDeletion")


class _AnyKey(LiveResource):
    """What keys and replicas have in common: the id is the key's, deletion is a schedule."""

    enabled: str  # property that switches the key on and off

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get(self.enabled) is False:
            api.client("kms").disable_key(KeyId=id)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        kms = api.client("kms")
        if self.enabled in changed and new.get(self.enabled) is not False:
            kms.enable_key(KeyId=id)  # first: a disabled key takes no other change
        if "description" in changed:
            kms.update_key_description(KeyId=id, Description=new.get("description", ""))
        if "policy" in changed:
            kms.put_key_policy(
                KeyId=id,
                PolicyName=POLICY,
                Policy=new.get("policy") or default_policy(api),
                **given(new, BypassPolicyLockoutSafetyCheck="bypassPolicyLockoutSafetyCheck"),
            )
        if "tags" in changed:
            _retag(kms, id, new.get("tags") or {})
        if self.enabled in changed and new.get(self.enabled) is False:
            kms.disable_key(KeyId=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        kms = api.client("kms")
        if describe(kms, id) is not None:
            days = state.get("deletionWindowInDays", DELETION_WINDOW_DAYS)
            kms.schedule_key_deletion(KeyId=id, PendingWindowInDays=days)

    def _common(self, api: Api, id: str, state: Props, found: Mapping[str, Any]) -> Props:
        kms = api.client("kms")
        return {
            "arn": found["Arn"],
            "keyId": found["KeyId"],
            "description": found["Description"],
            "keyUsage": found["KeyUsage"],
            self.enabled: found["KeyState"] != "Disabled",
            "policy": same_json(state.get("policy"), kms.get_key_policy(KeyId=id, PolicyName=POLICY)["Policy"]),
            "tags": _tags(kms, id),
            "deletionWindowInDays": state.get("deletionWindowInDays"),
            "bypassPolicyLockoutSafetyCheck": state.get("bypassPolicyLockoutSafetyCheck", False),
        }


class Key(_AnyKey):
    token = "aws:kms/key:Key"
    enabled = "isEnabled"
    kept = frozenset({"rotationPeriodInDays", "customKeyStoreId", "xksKeyId"})

    def make(self, api: Api, inputs: Props) -> str:
        tags = inputs.get("tags") or {}
        answer = api.client("kms").create_key(
            **given(
                inputs,
                BypassPolicyLockoutSafetyCheck="bypassPolicyLockoutSafetyCheck",
                CustomKeyStoreId="customKeyStoreId",
                Description="description",
                KeySpec="customerMasterKeySpec",
                KeyUsage="keyUsage",
                MultiRegion="multiRegion",
                Policy="policy",
                XksKeyId="xksKeyId",
            ),
            Tags=_tag_list(tags),
        )
        return str(answer["KeyMetadata"]["KeyId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("enableKeyRotation"):
            _rotate(api.client("kms"), id, inputs)
        super().settle(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        kms = api.client("kms")
        found = describe(kms, id)
        if found is None:
            return None
        rotates = bool(kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"])
        return {
            **self._common(api, id, state, found),
            "customerMasterKeySpec": found["KeySpec"],
            "multiRegion": bool(found.get("MultiRegion")),
            "enableKeyRotation": rotates,
            "rotationPeriodInDays": ROTATION_PERIOD_DAYS if rotates else None,
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        super().change(api, id, old, new, changed)
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            if new.get("enableKeyRotation"):
                _rotate(api.client("kms"), id, new)
            else:
                api.client("kms").disable_key_rotation(KeyId=id)


class ReplicaKey(_AnyKey):
    token = "aws:kms/replicaKey:ReplicaKey"
    enabled = "enabled"

    def make(self, api: Api, inputs: Props) -> str:
        _, _, _, region, _, key = inputs["primaryKeyArn"].split(":")
        answer = api.client("kms", region).replicate_key(KeyId=key.removeprefix("key/"), ReplicaRegion=api.region)
        return str(answer["ReplicaKeyMetadata"]["KeyId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        # moto's replica starts as a copy of its primary: what the copy has of its own is set here.
        self.change(api, id, {}, inputs, frozenset({"description", "policy", "tags"}))
        super().settle(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        kms = api.client("kms")
        found = describe(kms, id)
        if found is None:
            return None
        return {
            **self._common(api, id, state, found),
            "primaryKeyArn": found["MultiRegionConfiguration"]["PrimaryKey"]["Arn"],
            "keySpec": found["KeySpec"],
            "keyRotationEnabled": bool(kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"]),
        }


class KeyPolicy(LiveResource):
    token = "aws:kms/keyPolicy:KeyPolicy"

    def make(self, api: Api, inputs: Props) -> str:
        _put_policy(api, inputs["keyId"], inputs)
        return str(inputs["keyId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        kms = api.client("kms")
        if describe(kms, id) is None:
            return None
        live = kms.get_key_policy(KeyId=id, PolicyName=POLICY)["Policy"]
        if json.loads(live) == json.loads(default_policy(api)):
            return None  # what a key has once its policy was taken away
        return {
            "keyId": id,
            "policy": same_json(state.get("policy"), live),
            "bypassPolicyLockoutSafetyCheck": state.get("bypassPolicyLockoutSafetyCheck", False),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        _put_policy(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if describe(api.client("kms"), id) is not None:
            _put_policy(api, id, {"policy": default_policy(api)})


class Alias(LiveResource):
    """moto lets a replica share the aliases of its primary: the second region's alias of one name is noted aside."""

    token = "aws:kms/alias:Alias"
    auto_name = "name"

    def name_for(self, name: str, inputs: Props) -> str:
        return name if name.startswith("alias/") else f"alias/{name}"

    def make(self, api: Api, inputs: Props) -> str:
        name, target = inputs["name"], inputs["targetKeyId"]
        kms = api.client("kms")
        try:
            kms.create_alias(AliasName=name, TargetKeyId=target)
        except ClientError as error:
            shared = next((alias for alias in _aliases(kms) if alias["AliasName"] == name), None)
            if code_of(error) != "AlreadyExistsException" or shared is None or self._is_ours(api, shared):
                raise
            if self.noted(api, name):
                raise
            self.note(api, name, target=target)
        return str(name)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        kms = api.client("kms")
        noted = self.noted(api, id).get("target")
        live = next((alias for alias in _aliases(kms) if alias["AliasName"] == id and self._is_ours(api, alias)), None)
        target = noted or (live["TargetKeyId"] if live else None)
        key = describe(kms, target) if target else None
        if key is None:
            return None
        written = state.get("targetKeyId")
        return {
            "name": id,
            "namePrefix": state.get("namePrefix"),
            "arn": arn(api, "kms", id),
            "targetKeyArn": key["Arn"],
            "targetKeyId": written if written in {key["Arn"], key["KeyId"]} else key["KeyId"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if self.noted(api, id):
            self.note(api, id, target=new["targetKeyId"])
        else:
            api.client("kms").update_alias(AliasName=id, TargetKeyId=new["targetKeyId"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        if not self.noted(api, id):
            api.client("kms").delete_alias(AliasName=id)

    def _is_ours(self, api: Api, alias: Mapping[str, Any]) -> bool:
        return bool(alias["AliasArn"] == arn(api, "kms", alias["AliasName"]))


class Grant(LiveResource):
    token = "aws:kms/grant:Grant"
    kept = frozenset({"grantCreationTokens", "retireOnDelete"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("kms").create_grant(
            **given(
                inputs,
                KeyId="keyId",
                GranteePrincipal="granteePrincipal",
                Operations="operations",
                Name="name",
                GrantTokens="grantCreationTokens",
                RetiringPrincipal="retiringPrincipal",
            ),
            **_constraints(inputs),
        )
        id = f"{inputs['keyId']}:{answer['GrantId']}"
        self.note(api, id, grantToken=answer["GrantToken"])  # told once, and never again
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        key, _, grant_id = id.rpartition(":")
        answer = or_none(api.client("kms").list_grants, KeyId=key, GrantId=grant_id)
        found = next(iter(answer["Grants"]), None) if answer else None
        if found is None:
            return None
        constraints = {name[0].lower() + name[1:]: value for name, value in (found.get("Constraints") or {}).items()}
        return {
            "keyId": state.get("keyId") or key,
            "grantId": grant_id,
            "grantToken": self.noted(api, id).get("grantToken"),
            "name": found.get("Name"),
            "granteePrincipal": found["GranteePrincipal"],
            "retiringPrincipal": found.get("RetiringPrincipal"),
            "retireOnDelete": False,
            "operations": same_set(state.get("operations"), found["Operations"]),
            "constraints": [constraints] if constraints else None,
        }

    def remove(self, api: Api, id: str, state: Props) -> None:
        key, _, grant_id = id.rpartition(":")
        kms = api.client("kms")
        (kms.retire_grant if state.get("retireOnDelete") else kms.revoke_grant)(KeyId=key, GrantId=grant_id)


def describe(kms: Any, id: str) -> Props | None:
    """Metadata of a key, or None where it is gone or going."""
    answer = or_none(kms.describe_key, KeyId=id)
    if answer is None or answer["KeyMetadata"]["KeyState"] in DELETING:
        return None
    return dict(answer["KeyMetadata"])


def default_policy(api: Api) -> str:
    """What AWS gives a key that is created without a policy."""
    root = f"arn:{api.partition}:iam::{api.account_id}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def get_key(api: Api, arguments: Props) -> Props:
    """aws.kms.getKey: metadata of a key found by id, ARN or alias."""
    found = api.client("kms").describe_key(KeyId=arguments["keyId"])["KeyMetadata"]
    plain = {name[0].lower() + name[1:]: value for name, value in found.items() if isinstance(value, str | bool)}
    return {
        **arguments,
        **plain,
        "id": found["KeyId"],
        "keyId": arguments["keyId"],
        "awsAccountId": found["AWSAccountId"],
        "creationDate": found["CreationDate"].isoformat(),
        "customerMasterKeySpec": found["KeySpec"],
    }


def get_alias(api: Api, arguments: Props) -> Props:
    """aws.kms.getAlias: the key behind an alias."""
    kms = api.client("kms")
    name = arguments["name"]
    target = Alias().look(api, name, {})
    if target is None:
        metadata = kms.describe_key(KeyId=name)["KeyMetadata"]  # aliases of AWS's own appear with their first use
        target = {"arn": arn(api, "kms", name), "targetKeyArn": metadata["Arn"], "targetKeyId": metadata["KeyId"]}
    return {**arguments, "id": target["arn"], **{k: target[k] for k in ("arn", "targetKeyArn", "targetKeyId")}}


def _rotate(kms: Any, id: str, inputs: Props) -> None:
    kms.enable_key_rotation(KeyId=id, **given(inputs, RotationPeriodInDays="rotationPeriodInDays"))


def _put_policy(api: Api, id: str, inputs: Props) -> None:
    bypass = given(inputs, BypassPolicyLockoutSafetyCheck="bypassPolicyLockoutSafetyCheck")
    api.client("kms").put_key_policy(KeyId=id, PolicyName=POLICY, Policy=inputs["policy"], **bypass)


def _aliases(kms: Any) -> list[Props]:
    return [alias for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]


def _constraints(inputs: Props) -> Props:
    written = inputs.get("constraints") or []
    merged = {name[0].upper() + name[1:]: value for item in written for name, value in item.items()}
    return {"Constraints": merged} if merged else {}


def _tags(kms: Any, id: str) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=id)["Tags"]}


def _tag_list(tags: Mapping[str, str]) -> list[Props]:
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


def _retag(kms: Any, id: str, tags: Mapping[str, str]) -> None:
    live = _tags(kms, id)
    if stale := sorted(live.keys() - tags.keys()):
        kms.untag_resource(KeyId=id, TagKeys=stale)
    if fresh := {key: value for key, value in tags.items() if live.get(key) != value}:
        kms.tag_resource(KeyId=id, Tags=_tag_list(fresh))


FUNCTIONS: dict[str, Function] = {
    "aws:kms/getKey:getKey": get_key,
    "aws:kms/getAlias:getAlias": get_alias,
}
