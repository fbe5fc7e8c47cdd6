"""Keys of the customer, used in place of the keep's own."""

from dataclasses import replace
from typing import Any

import pytest

from components.keys.customer_keys import CustomerKeys, CustomerKeysArgs
from components.naming import DataClass, Keep
from tests.components.builders import RECOVERY_REGION, fake_keys, key_arn
from tests.components.recording import ACCOUNT, REGION, record

HELD = f"arn:aws:kms:{REGION}:210987654321:key/mrk-0123456789abcdef0123456789abcdef"
REPLICA = HELD.replace(REGION, RECOVERY_REGION)
ONE = {DataClass.CODE: HELD}
GRANT, LINKED = "aws:kms/grant:Grant", "aws:iam/serviceLinkedRole:ServiceLinkedRole"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def test_customer_keys_are_used_first_and_others_for_the_rest(keep: Keep) -> None:
    recording = record(lambda: CustomerKeys("acme-keys", CustomerKeysArgs(keep=keep, key_arns=ONE, others=fake_keys())))
    assert {each.type for each in recording.resources} == {GRANT, LINKED}  # nothing of the customer's is changed
    assert recording.value(recording.result.ring.arn(DataClass.CODE)) == HELD
    assert recording.value(recording.result.ring.arn(DataClass.INDEX)) == key_arn(DataClass.INDEX)
    registered = recording.component_outputs[recording.components[0].urn]
    assert registered["arns"]["code"] == HELD


def test_nodes_boot_by_a_grant_on_each_key_of_their_disks(keep: Keep) -> None:
    """EC2 Auto Scaling User Guide: a key of another account needs a grant to the service-linked role, from this one."""
    held = dict.fromkeys((DataClass.CODE, DataClass.MODEL, DataClass.INDEX), HELD)
    recording = record(lambda: CustomerKeys("acme-keys", CustomerKeysArgs(keep=keep, key_arns=held)))
    grants = recording.of_type(GRANT)
    assert [each.name for each in grants] == ["acme-key-code-nodes", "acme-key-model-nodes"]
    assert {each.inputs["keyId"] for each in grants} == {HELD}
    assert {each.inputs["granteePrincipal"] for each in grants} == {ROLE}
    assert {"CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"} <= {
        *grants[0].inputs["operations"]
    }
    assert len(recording.result.ring.grants) == 2  # node pools wait for them


def test_the_role_that_grants_name_is_made_before_them_unless_the_account_has_it(keep: Keep) -> None:
    args = CustomerKeysArgs(keep=keep, key_arns=dict.fromkeys((DataClass.CODE, DataClass.MODEL), HELD))
    recording = record(lambda: CustomerKeys("acme-keys", args))
    role = recording.one(LINKED)
    assert role.inputs["awsServiceName"] == "autoscaling.amazonaws.com"
    assert all(recording.depends_on(each, role) for each in recording.of_type(GRANT))
    found = replace(args, service_roles={"autoscaling.amazonaws.com": ROLE})
    assert not record(lambda: CustomerKeys("acme-keys", found)).of_type(LINKED)
    no_disks = replace(args, key_arns={DataClass.INDEX: HELD})
    assert not record(lambda: CustomerKeys("acme-keys", no_disks)).of_type(LINKED)


def test_replicas_are_used_in_the_recovery_region(keep: Keep) -> None:
    args = CustomerKeysArgs(
        keep=keep, key_arns=ONE, replica_key_arns={DataClass.CODE: REPLICA}, recovery_region=RECOVERY_REGION
    )
    recording = record(lambda: CustomerKeys("acme-keys", args))
    assert recording.value(recording.result.ring.replica_arn(DataClass.CODE)) == REPLICA
    with pytest.raises(KeyError, match="name the customer's key"):
        recording.result.ring.arn(DataClass.INDEX)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"key_arns": {}}, "key_arns must have at least one key"),
        ({"key_arns": {DataClass.CONFIG: HELD}}, "has no customer data and takes no key"),
        ({"key_arns": {DataClass.CODE: "alias/mine"}}, "must be a key's ARN .* got 'alias/mine'"),
        ({"key_arns": {DataClass.CODE: REPLICA}}, f"must be in {REGION}, got a key in {RECOVERY_REGION}"),
        ({"key_arns": ONE, "replica_key_arns": {DataClass.CODE: REPLICA}}, "needs a recovery_region"),
        ({"key_arns": ONE, "recovery_region": RECOVERY_REGION}, "replica_key_arns misses code"),
        (
            {"key_arns": ONE, "replica_key_arns": {DataClass.CODE: HELD}, "recovery_region": RECOVERY_REGION},
            f"replica_key_arns.code. must be in {RECOVERY_REGION}",
        ),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CustomerKeysArgs(keep=keep, **args)
