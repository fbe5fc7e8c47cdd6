"""The KMS key that signs audit records."""

from typing import Any

import pytest

from components.keys.audit_signing import AuditSigning, AuditSigningArgs
from components.naming import Keep
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, Recording, record

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-gateway"


def build(keep: Keep, **args: Any) -> Recording[AuditSigning]:
    all_args = {"signer_role_arns": [ROLE], **args}
    return record(lambda: AuditSigning("acme-audit-signing", AuditSigningArgs(keep=keep, **all_args)))


def test_the_key_signs_and_cannot_be_used_otherwise(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    key = recording.one(KEY, "acme-audit-signing")
    assert (key.inputs["keyUsage"], key.inputs["customerMasterKeySpec"]) == ("SIGN_VERIFY", "ECC_NIST_P256")
    assert "enableKeyRotation" not in key.inputs  # KMS refuses it for such a key
    assert key.tags["codekeep:data-class"] == "audit"
    assert recording.one(ALIAS, "acme-audit-signing").inputs["name"] == "alias/codekeep-acme-audit-signing"
    assert recording.value(recording.result.key_arn) == key.outputs["arn"]


def test_protection_is_a_choice(keep: Keep) -> None:
    assert build(keep, protect=True).one(KEY, "acme-audit-signing").protect
    assert not build(keep).one(KEY, "acme-audit-signing").protect


@pytest.mark.parametrize(
    ("args", "message"),
    [({"signer_role_arns": []}, "at least one role"), ({"deletion_window_days": 6}, "must be 7-30, got 6")],
)
def test_wrong_args_are_refused(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
