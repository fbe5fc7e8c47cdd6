"""Keys, replicas, aliases and grants, through the provider over moto."""

import json

import pytest

from tests.sandbox.aws.harness import Plugin

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
ROOT = "arn:aws:iam::123456789012:root"
ELSEWHERE = "arn:aws:iam::999999999999:root"
ROLE = "arn:aws:iam::123456789012:role/deployer"


def policy(principal: str | list[str] = ROOT, action: str | list[str] = "kms:*") -> str:
    statement = {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def key(plugin: Plugin, unique: str):
    return plugin.create(KEY, f"{unique}-key", {})


def test_a_key_passes_the_lifecycle(lifecycle, plugin):
    made = lifecycle(
        KEY,
        {
            "description": "code",
            "enableKeyRotation": True,
            "rotationPeriodInDays": 90,
            "deletionWindowInDays": 7,
            "policy": policy(),
            "tags": {"a": "b", "c": "d"},
        },
        {
            "description": "code of acme",
            "enableKeyRotation": True,
            "rotationPeriodInDays": 180,
            "deletionWindowInDays": 10,
            "policy": policy(action=["kms:Describe*", "kms:PutKeyPolicy"]),
            "isEnabled": True,
            "tags": {"a": "x", "e": "f"},
        },
        unreadable={"deletionWindowInDays", "multiRegion"},
    )
    assert made.outputs["arn"] == f"arn:aws:kms:eu-central-1:123456789012:key/{made.id}"
    assert made.outputs["keyId"] == made.id
    assert made.outputs["rotationPeriodInDays"] == 90
    metadata = plugin.api().client("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert metadata["KeyState"] == "PendingDeletion"


def test_a_key_has_the_defaults_of_aws(lifecycle):
    filled = {"multiRegion", "policy", "description"}
    made = lifecycle(KEY, {}, {"multiRegion": True}, expect_replace={"multiRegion"}, unreadable=filled)
    assert json.loads(made.outputs["policy"])["Statement"][0]["Principal"] == {"AWS": ROOT}
    assert made.outputs["customerMasterKeySpec"] == "SYMMETRIC_DEFAULT"
    assert made.outputs["isEnabled"] is True


@pytest.mark.parametrize("property_", ["keyUsage", "customerMasterKeySpec"])
def test_another_usage_or_spec_replaces_a_key(plugin, key, property_):
    value = {"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "RSA_2048"}[property_]
    assert plugin.diff(key, {property_: value}).replaces == [property_]


@pytest.mark.parametrize(
    ("behind", "path"),
    [
        (lambda kms, key_id: kms.disable_key_rotation(KeyId=key_id), "enableKeyRotation"),
        (
            lambda kms, key_id: kms.put_key_policy(
                KeyId=key_id, PolicyName="default", Policy=policy([ROOT, ELSEWHERE])
            ),
            "policy",
        ),
        (lambda kms, key_id: kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "x", "TagValue": "y"}]), "tags"),
        (lambda kms, key_id: kms.untag_resource(KeyId=key_id, TagKeys=["a"]), "tags"),
        (lambda kms, key_id: kms.update_key_description(KeyId=key_id, Description="other"), "description"),
        (lambda kms, key_id: kms.disable_key(KeyId=key_id), "isEnabled"),
    ],
)
def test_key_changes_outside_pulumi_are_drift_and_are_undone(plugin, unique, behind, path):
    inputs = {"description": "d", "enableKeyRotation": True, "policy": policy(), "tags": {"a": "b"}}
    made = plugin.create(KEY, unique, inputs)
    behind(plugin.api().client("kms"), made.id)
    drifted = plugin.read(made)
    found = plugin.diff(drifted, inputs)
    assert {name.partition(".")[0] for name in found.detailed} == {path}
    mended = plugin.read(plugin.update(drifted, inputs))
    assert not plugin.diff(mended, inputs).changes


def test_a_key_scheduled_for_deletion_reads_as_gone(plugin, key):
    plugin.api().client("kms").schedule_key_deletion(KeyId=key.id, PendingWindowInDays=7)
    assert plugin.read(key) is None


def test_the_deletion_window_is_applied(plugin, unique):
    made = plugin.create(KEY, unique, {"deletionWindowInDays": 7})
    plugin.delete(made)
    metadata = plugin.api().client("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    days = metadata["DeletionDate"].replace(tzinfo=None) - metadata["CreationDate"].replace(tzinfo=None)
    assert days.days == 7


def test_an_alias_passes_the_lifecycle(lifecycle, plugin, key, unique):
    other = plugin.create(KEY, f"{unique}-other", {})
    made = lifecycle(
        ALIAS,
        {"name": f"alias/{unique}", "targetKeyId": key.outputs["keyId"]},
        {"name": f"alias/{unique}", "targetKeyId": other.outputs["keyId"]},
    )
    assert made.id == f"alias/{unique}"
    assert made.outputs["targetKeyArn"] == key.outputs["arn"]
    assert made.outputs["arn"].endswith(f":alias/{unique}")


def test_an_alias_may_name_its_key_by_arn(plugin, key, unique):
    made = plugin.create(ALIAS, unique, {"targetKeyId": key.outputs["arn"]})
    assert made.id.startswith(f"alias/{unique}-")
    assert not plugin.diff(plugin.read(made), {"targetKeyId": key.outputs["arn"]}).changes


def test_an_alias_moved_to_another_key_is_drift(lifecycle, plugin, key, unique):
    other = plugin.create(KEY, f"{unique}-other", {})
    lifecycle(
        ALIAS,
        {"name": f"alias/{unique}", "targetKeyId": key.id},
        {"name": f"alias/{unique}-new", "targetKeyId": key.id},
        expect_replace={"name"},
        drift=lambda api, made: api.client("kms").update_alias(AliasName=made.id, TargetKeyId=other.id),
    )


def test_an_existing_alias_name_is_refused(plugin, key, unique):
    plugin.create(ALIAS, unique, {"name": f"alias/{unique}", "targetKeyId": key.id})
    with pytest.raises(Exception, match="AlreadyExistsException"):
        plugin.create(ALIAS, f"{unique}2", {"name": f"alias/{unique}", "targetKeyId": key.id})


def test_a_replica_in_another_region_passes_the_lifecycle(lifecycle, plugin, unique):
    primary = plugin.create(KEY, f"{unique}-primary", {"multiRegion": True, "tags": {"of": "primary"}})
    made = lifecycle(
        REPLICA,
        {
            "region": "eu-west-1",
            "primaryKeyArn": primary.outputs["arn"],
            "description": "recovery",
            "policy": policy(),
            "tags": {"of": "replica"},
            "deletionWindowInDays": 7,
        },
        {
            "region": "eu-west-1",
            "primaryKeyArn": primary.outputs["arn"],
            "description": "recovery of acme",
            "policy": policy(action=["kms:Describe*", "kms:PutKeyPolicy"]),
            "enabled": False,
            "tags": {"of": "replica", "x": "y"},
        },
        drift=lambda api, made: api.client("kms").untag_resource(KeyId=made.id, TagKeys=["of"]),
        importable=False,  # by `id@region`, below
    )
    assert made.outputs["arn"].startswith("arn:aws:kms:eu-west-1:")
    still = plugin.read(primary)
    assert still is not None
    assert still.outputs["tags"] == {"of": "primary"}


def test_a_replica_is_imported_from_its_region(plugin, unique):
    primary = plugin.create(KEY, f"{unique}-primary", {"multiRegion": True})
    inputs = {"region": "eu-west-1", "primaryKeyArn": primary.outputs["arn"], "description": "recovery"}
    made = plugin.create(REPLICA, unique, inputs)
    imported = plugin.import_(REPLICA, unique, f"{made.id}@eu-west-1")
    assert imported.outputs["arn"] == made.outputs["arn"]
    assert set(plugin.diff(imported, inputs).detailed) <= {"policy"}  # AWS's default one


def test_primary_and_replica_can_have_aliases_of_the_same_name(plugin, unique):
    primary = plugin.create(KEY, f"{unique}-primary", {"multiRegion": True})
    replica = plugin.create(REPLICA, unique, {"region": "eu-west-1", "primaryKeyArn": primary.outputs["arn"]})
    inputs = {"name": f"alias/{unique}", "targetKeyId": primary.id}
    here = plugin.create(ALIAS, f"{unique}-here", inputs)
    there = plugin.create(ALIAS, f"{unique}-there", {**inputs, "region": "eu-west-1"})
    assert plugin.read(here).outputs["targetKeyArn"] == primary.outputs["arn"]
    assert plugin.read(there).outputs["targetKeyArn"] == replica.outputs["arn"]
    plugin.delete(there)
    assert plugin.read(there) is None
    assert plugin.read(here) is not None
    plugin.delete(here)
    assert plugin.read(here) is None


def test_a_separate_key_policy_passes_the_lifecycle(lifecycle, key):
    lifecycle(
        "aws:kms/keyPolicy:KeyPolicy",
        {"keyId": key.id, "policy": policy()},
        {"keyId": key.id, "policy": policy(action=["kms:Describe*", "kms:PutKeyPolicy"])},
        drift=lambda api, made: api.client("kms").put_key_policy(
            KeyId=made.id, PolicyName="default", Policy=policy([ROOT, ELSEWHERE])
        ),
    )


def test_a_grant_passes_the_lifecycle(lifecycle, key):
    made = lifecycle(
        "aws:kms/grant:Grant",
        {
            "name": "g",
            "keyId": key.id,
            "granteePrincipal": ROLE,
            "operations": ["Encrypt", "Decrypt"],
            "constraints": [{"encryptionContextEquals": {"a": "b"}}],
        },
        {"name": "g", "keyId": key.id, "granteePrincipal": ROLE, "operations": ["Decrypt"]},
        expect_replace={"operations", "constraints"},
    )
    assert made.id == f"{key.id}:{made.outputs['grantId']}"
    assert made.outputs["grantToken"]


def test_a_grant_on_a_key_of_another_account_passes_the_lifecycle(lifecycle):
    foreign = "arn:aws:kms:eu-central-1:999999999999:key/mrk-0123456789abcdef0123456789abcdef"
    grant = {"name": "g", "keyId": foreign, "granteePrincipal": ROLE, "operations": ["Encrypt", "Decrypt"]}
    made = lifecycle("aws:kms/grant:Grant", grant, {**grant, "operations": ["Decrypt"]}, expect_replace={"operations"})
    assert made.id == f"{foreign}:{made.outputs['grantId']}"


def test_keys_and_aliases_are_found(plugin, key, unique):
    alias = plugin.create(ALIAS, unique, {"name": f"alias/{unique}", "targetKeyId": key.id})
    found = plugin.invoke("aws:kms/getAlias:getAlias", {"name": alias.id})
    assert (found["targetKeyId"], found["targetKeyArn"]) == (key.id, key.outputs["arn"])
    by_alias = plugin.invoke("aws:kms/getKey:getKey", {"keyId": alias.id})
    assert (by_alias["arn"], by_alias["keyState"]) == (key.outputs["arn"], "Enabled")
    own = plugin.invoke("aws:kms/getAlias:getAlias", {"name": "alias/aws/s3"})
    assert own["targetKeyArn"].startswith("arn:aws:kms:eu-central-1:")
