"""Secrets, their policies and versions."""

import json

import pytest

from tests.sandbox.aws.harness import Deployed, Plugin

SECRET = "aws:secretsmanager/secret:Secret"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"


def policy(effect: str = "Deny") -> str:
    statement = {"Effect": effect, "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def secret(plugin: Plugin, unique: str) -> Deployed:
    return plugin.create(SECRET, f"{unique}-secret", {"recoveryWindowInDays": 0})


def test_a_secret_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        SECRET,
        {"description": "token", "kmsKeyId": KEY, "recoveryWindowInDays": 7, "tags": {"a": "b"}},
        {"description": "other", "kmsKeyId": f"{KEY}2", "recoveryWindowInDays": 7, "tags": {"a": "c", "d": "e"}},
        drift=lambda api, made: api.client("secretsmanager").update_secret(SecretId=made.id, KmsKeyId="alias/other"),
        unreadable={"recoveryWindowInDays"},
    )
    assert made.id == made.outputs["arn"]
    assert made.id.startswith("arn:aws:secretsmanager:eu-central-1:123456789012:secret:t")


def test_another_name_replaces_a_secret(lifecycle):
    lifecycle(SECRET, {"name": "one"}, {"name": "two"}, expect_replace={"name"})


def test_a_secret_is_deleted_after_its_window_or_at_once(plugin, unique, secret):
    client = plugin.api().client("secretsmanager")
    waits = plugin.create(SECRET, unique, {"recoveryWindowInDays": 7})
    plugin.delete(waits)
    assert plugin.read(waits) is None
    described = client.describe_secret(SecretId=waits.id)
    assert (described["DeletedDate"] - described["CreatedDate"]).days in {6, 7}
    plugin.delete(secret)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_secret(SecretId=secret.id)


def test_a_secret_has_replicas_under_their_own_keys(lifecycle):
    made = lifecycle(
        SECRET,
        {"replicas": [{"region": "eu-west-1", "kmsKeyId": KEY}]},
        {"replicas": [{"region": "eu-west-3", "kmsKeyId": KEY}]},
        drift=lambda api, made: api.client("secretsmanager").remove_regions_from_replication(
            SecretId=made.id, RemoveReplicaRegions=["eu-west-1"]
        ),
    )
    assert made.outputs["replicas"] == [{"region": "eu-west-1", "kmsKeyId": KEY}]


def test_a_secret_policy_passes_the_lifecycle(lifecycle, plugin, secret):
    lifecycle(
        POLICY,
        {"secretArn": secret.id, "policy": policy(), "blockPublicPolicy": True},
        {"secretArn": secret.id, "policy": policy("Allow")},
        drift=lambda api, made: api.client("secretsmanager").put_resource_policy(
            SecretId=made.id, ResourcePolicy=policy("Allow")
        ),
        unreadable={"blockPublicPolicy"},
    )


def test_a_separate_policy_is_no_drift_of_the_secret(plugin, unique, secret):
    made = plugin.create(POLICY, unique, {"secretArn": secret.id, "policy": policy()})
    assert not plugin.diff(plugin.read(secret), secret.inputs).changes
    plugin.api().client("secretsmanager").delete_resource_policy(SecretId=secret.id)
    assert plugin.read(made) is None


def test_a_version_passes_the_lifecycle(lifecycle, secret):
    made = lifecycle(
        VERSION,
        {"secretId": secret.id, "secretString": "one"},
        {"secretId": secret.id, "secretString": "two"},
        expect_replace={"secretString"},
        gone_after_delete=False,  # the current value stays with its secret
    )
    assert made.id == f"{secret.id}|{made.outputs['versionId']}"


def test_the_stage_label_of_a_version_can_move(plugin, unique, secret):
    inputs = {"secretId": secret.id, "secretString": "one", "versionStages": ["AWSCURRENT"]}
    made = plugin.create(VERSION, unique, inputs)
    assert made.outputs["secretString"] == "one"
    updated = plugin.update(made, {**inputs, "versionStages": ["AWSCURRENT", "blue"]})
    assert sorted(plugin.read(updated).outputs["versionStages"]) == ["AWSCURRENT", "blue"]


def test_a_replaced_version_is_deleted_with_its_last_label(plugin, unique, secret):
    old = plugin.create(VERSION, unique, {"secretId": secret.id, "secretString": "one"})
    plugin.create(VERSION, f"{unique}2", {"secretId": secret.id, "secretString": "two"})
    plugin.delete(old)
    assert plugin.read(old) is None


def test_a_write_only_value_is_not_kept(plugin, unique, secret):
    inputs = {"secretId": secret.id, "secretStringWo": "hidden", "secretStringWoVersion": 1}
    made = plugin.create(VERSION, unique, inputs)
    found = plugin.read(made)
    assert found.outputs["hasSecretStringWo"] is True
    assert "secretString" not in found.outputs


def test_a_secret_is_found_without_its_value(plugin, unique, secret):
    plugin.create(VERSION, unique, {"secretId": secret.id, "secretString": "canary"})
    found = plugin.invoke("aws:secretsmanager/getSecret:getSecret", {"arn": secret.id})
    assert found["name"] == secret.outputs["name"]
    assert "canary" not in str(found)
