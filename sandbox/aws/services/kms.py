"""KMS keys, their replicas, policies, aliases and grants."""

import hashlib
import json
from typing import Any

from botocore.exceptions import ClientError

from awsread.answers import arn, camel, pages
from awsread.errors import code_of
from awsread.services.kms import POLICY, alias_properties, default_policy, metadata
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import call

DELETION_WINDOW_DAYS = 30  # AWS's, where none is given
ROTATION_PERIOD_DAYS = 365  # AWS's, where none is given


class _AnyKey(LiveResource):
    """Common to keys and replicas: the id is that of the key, and deletion is scheduled."""

    service = "kms"
    enabled: str  # property that enables the key
    in_state = frozenset({"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get(self.enabled) is False:
            api.client("kms").disable_key(KeyId=id)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        kms = api.client("kms")
        if self.enabled in changed and new.get(self.enabled) is not False:
            kms.enable_key(KeyId=id)  # first: a disabled key takes no other change
        if "description" in changed:
            kms.update_key_description(KeyId=id, Description=new.get("description", ""))
        if "policy" in changed:
            _put_policy(api, id, {**new, "policy": new.get("policy") or default_policy(api)})
        self.retag(api, id, old, new)
        if self.enabled in changed and new.get(self.enabled) is False:
            kms.disable_key(KeyId=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if metadata(api, id) is not None:
            days = state.get("deletionWindowInDays", DELETION_WINDOW_DAYS)
            api.client("kms").schedule_key_deletion(KeyId=id, PendingWindowInDays=days)


class Key(_AnyKey):
    token = "aws:kms/key:Key"
    creation = ("create_key", "KeyMetadata.KeyId")
    names = {"customerMasterKeySpec": "KeySpec"}
    enabled = "isEnabled"
    in_ledger = frozenset({"rotationPeriodInDays", "customKeyStoreId", "xksKeyId"})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("enableKeyRotation"):
            self._rotate(api, id, inputs)
        super().configure(api, id, inputs)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        super().change(api, id, old, new, changed)
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            if new.get("enableKeyRotation"):
                self._rotate(api, id, new)
            else:
                api.client("kms").disable_key_rotation(KeyId=id)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found and found["enableKeyRotation"] and not found["rotationPeriodInDays"]:
            found["rotationPeriodInDays"] = ROTATION_PERIOD_DAYS
        return found

    def _rotate(self, api: Api, id: str, inputs: Props) -> None:
        call(
            api.client("kms"),
            "enable_key_rotation",
            args_of(inputs, rotationPeriodInDays="rotationPeriodInDays"),
            KeyId=id,
        )


class ReplicaKey(_AnyKey):
    token = "aws:kms/replicaKey:ReplicaKey"
    enabled = "enabled"

    def make(self, api: Api, inputs: Props) -> str:
        _, _, _, region, _, key = inputs["primaryKeyArn"].split(":")
        answer = api.client("kms", region).replicate_key(KeyId=key.removeprefix("key/"), ReplicaRegion=api.region)
        return str(answer["ReplicaKeyMetadata"]["KeyId"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        # moto's replica starts as a copy of its primary: description, policy and tags are its own.
        copied = {"tags": (self.read_live(api, id, {}) or {}).get("tags")}
        self.change(api, id, copied, inputs, frozenset({"description", "policy", "tags"}))
        super().configure(api, id, inputs)


class KeyPolicy(LiveResource):
    token = "aws:kms/keyPolicy:KeyPolicy"
    in_state = frozenset({"bypassPolicyLockoutSafetyCheck"})

    def make(self, api: Api, inputs: Props) -> str:
        _put_policy(api, inputs["keyId"], inputs)
        return str(inputs["keyId"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        _put_policy(api, id, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if metadata(api, id) is not None:
            _put_policy(api, id, {"policy": default_policy(api)})


class Alias(LiveResource):
    """An alias. moto shares those of primary and replica: the second region's alias of a name is in the ledger."""

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
            others = [each["AliasArn"] for each in pages(kms, "list_aliases", "Aliases") if each["AliasName"] == name]
            is_shared = bool(others) and others[0] != arn(api, "kms", name)
            if code_of(error) != "AlreadyExistsException" or not is_shared or self.noted(api, name):
                raise
            self.note(api, name, target=target)
        return str(name)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        if target := self.noted(api, id).get("target"):
            return alias_properties(api, id, target, state)
        found = super().read_live(api, id, state)
        return found if found and found["arn"] == arn(api, "kms", id) else None  # moto lists other regions' too

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if self.noted(api, id):
            self.note(api, id, target=new["targetKeyId"])
        else:
            api.client("kms").update_alias(AliasName=id, TargetKeyId=new["targetKeyId"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        if not self.noted(api, id):
            api.client("kms").delete_alias(AliasName=id)


class Grant(LiveResource):
    """A grant. On a key of another account, which the stand-in does not have, it is in the ledger alone."""

    token = "aws:kms/grant:Grant"
    in_ledger = frozenset({"grantCreationTokens", "retireOnDelete"})

    def make(self, api: Api, inputs: Props) -> str:
        if _is_foreign(api, str(inputs["keyId"])):
            return self._make_foreign(api, inputs)
        constraints = {name: value for item in inputs.get("constraints") or () for name, value in item.items()}
        wanted = {**inputs, "constraints": constraints or None}
        answer = call(api.client("kms"), "create_grant", wanted, {"grantCreationTokens": "GrantTokens"})
        id = f"{inputs['keyId']}:{answer['GrantId']}"
        self.note(api, id, grantToken=answer["GrantToken"])  # AWS gives it once
        return id

    def _make_foreign(self, api: Api, inputs: Props) -> str:
        grant_id = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
        id = f"{inputs['keyId']}:{grant_id}"
        self.note(api, id, **inputs, grantId=grant_id, grantToken=grant_id)
        return id

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        if _is_foreign(api, id.rpartition(":")[0]):
            return self.noted(api, id) or None
        return super().read_live(api, id, state)

    def remove(self, api: Api, id: str, state: Props) -> None:
        key, _, grant_id = id.rpartition(":")
        if _is_foreign(api, key):
            return
        kms = api.client("kms")
        (kms.retire_grant if state.get("retireOnDelete") else kms.revoke_grant)(KeyId=key, GrantId=grant_id)


def get_key(api: Api, arguments: Props) -> Props:
    """aws.kms.getKey: metadata of a key found by id, ARN or alias."""
    found = api.client("kms").describe_key(KeyId=arguments["keyId"])["KeyMetadata"]
    plain = {name: value for name, value in camel(found).items() if isinstance(value, str | bool)}
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
    name = arguments["name"]
    target = Alias().read_live(api, name, {})
    if target is None:
        found = api.client("kms").describe_key(KeyId=name)["KeyMetadata"]  # AWS's own appear with their first use
        target = {"arn": arn(api, "kms", name), "targetKeyArn": found["Arn"], "targetKeyId": found["KeyId"]}
    return {**arguments, "id": target["arn"], **{k: target[k] for k in ("arn", "targetKeyArn", "targetKeyId")}}


def _is_foreign(api: Api, key: str) -> bool:
    """Whether an ARN names a key of another account."""
    parts = key.split(":")
    return parts[0] == "arn" and parts[4] != api.account_id


def _put_policy(api: Api, id: str, inputs: Props) -> None:
    bypass: Any = args_of(inputs, BypassPolicyLockoutSafetyCheck="bypassPolicyLockoutSafetyCheck")
    api.client("kms").put_key_policy(KeyId=id, PolicyName=POLICY, Policy=inputs["policy"], **bypass)


FUNCTIONS: dict[str, Function] = {
    "aws:kms/getKey:getKey": get_key,
    "aws:kms/getAlias:getAlias": get_alias,
}
