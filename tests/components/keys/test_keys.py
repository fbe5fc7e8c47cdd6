"""The KMS keys of a keep: one per stored data class, rotation, replicas."""

from collections.abc import Callable
from typing import Any

import pytest

from components.keys.key_ring import STORED_CLASSES
from components.keys.keys import TenantKeys, TenantKeysArgs
from components.naming import DataClass, Keep
from tests.components.builders import RECOVERY_REGION
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

KEY, REPLICA, ALIAS = "aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/alias:Alias"


def build(keep: Keep, *, preview: bool = False, **args: Any) -> Recording[TenantKeys]:
    return record(lambda: TenantKeys("acme-keys", TenantKeysArgs(keep=keep, **args)), preview=preview)


def test_one_key_and_alias_per_stored_class(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    assert recording.names(KEY) == {f"acme-key-{each.value}" for each in STORED_CLASSES}
    assert {node.inputs["name"] for node in recording.of_type(ALIAS)} == {
        f"alias/codekeep-acme-{each.value}" for each in STORED_CLASSES
    }
    for each in STORED_CLASSES:
        key = recording.one(KEY, f"acme-key-{each.value}")
        assert key.tags["codekeep:data-class"] == each.value
        assert recording.value(recording.result.ring.arn(each)) == key.outputs["arn"]
        assert recording.one(ALIAS, f"acme-key-{each.value}").inputs["targetKeyId"] == key.outputs["keyId"]


def test_keys_rotate_and_are_deleted_after_a_window(keep: Keep) -> None:
    keys = build(keep, rotation_days=180, deletion_window_days=7).of_type(KEY)
    assert len(keys) == len(STORED_CLASSES)
    for key in keys:
        assert key.inputs["enableKeyRotation"] is True
        assert key.inputs["rotationPeriodInDays"] == 180
        assert key.inputs["deletionWindowInDays"] == 7
        assert key.inputs["multiRegion"] is False
        assert not key.protect


def test_protection_is_a_choice(keep: Keep) -> None:
    recording = build(keep, protect=True, recovery_region=RECOVERY_REGION)
    keys = [*recording.of_type(KEY), *recording.of_type(REPLICA)]
    assert len(keys) == 2 * len(STORED_CLASSES)
    assert all(key.protect for key in keys)


def test_a_recovery_region_gets_a_replica_of_each_key_with_its_own_policy(keep: Keep) -> None:
    recording = build(keep, recovery_region=RECOVERY_REGION)
    assert_contract(recording, keep, regions=frozenset({REGION, RECOVERY_REGION}))
    replicas = recording.of_type(REPLICA)
    assert len(replicas) == len(STORED_CLASSES)
    for replica in replicas:
        primary = recording.one(KEY, replica.name.removesuffix("-replica"))
        assert primary.inputs["multiRegion"] is True
        assert replica.inputs["primaryKeyArn"] == primary.outputs["arn"]
        assert replica.region == RECOVERY_REGION
        assert f".{RECOVERY_REGION}.amazonaws.com" in replica.inputs["policy"]
        assert f".{REGION}.amazonaws.com" not in replica.inputs["policy"]
    assert recording.value(recording.result.ring.replica_arn(DataClass.INDEX)) == (
        f"arn:aws:kms:{RECOVERY_REGION}:{ACCOUNT}:key/acme-key-index-replica"
    )


def test_a_missing_key_is_named(keep: Keep) -> None:
    recording = build(keep, data_classes=(DataClass.CODE, DataClass.INDEX))
    assert len(recording.of_type(KEY)) == 2
    with pytest.raises(KeyError, match=r"no key for data class 'prompt' \(there are: code, index\)"):
        recording.result.ring.arn(DataClass.PROMPT)
    with pytest.raises(KeyError, match="give the keep a recovery_region"):
        recording.result.ring.replica_arn(DataClass.CODE)


def test_a_preview_registers_the_same(keep: Keep) -> None:
    names = [(node.type, node.name) for node in build(keep, recovery_region=RECOVERY_REGION).nodes]
    assert [
        (node.type, node.name) for node in build(keep, recovery_region=RECOVERY_REGION, preview=True).nodes
    ] == names


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"rotation_days": 89}, "rotation_days must be 90-2560, got 89"),
        ({"rotation_days": 2561}, "rotation_days must be 90-2560, got 2561"),
        ({"deletion_window_days": 6}, "deletion_window_days must be 7-30, got 6"),
        ({"data_classes": ()}, "data_classes must name classes that are stored"),
        ({"data_classes": (DataClass.CONFIG,)}, "'config' has no key of its own"),
        ({"recovery_region": REGION}, "recovery_region must differ"),
        ({"recovery_region": "Frankfurt"}, "must be a region like eu-west-1, got 'Frankfurt'"),
    ],
)
def test_bad_args_are_named(keep_of: Callable[..., Keep], args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TenantKeysArgs(keep=keep_of(), **args)
