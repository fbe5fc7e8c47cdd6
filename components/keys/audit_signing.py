"""The key that signs audit records. It cannot leave KMS, so nobody can sign elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from components.keys.key_policy import signing_policy
from components.keys.keys import DELETION_WINDOW_DAYS
from components.naming import DataClass, Keep


@dataclass(frozen=True, kw_only=True)
class AuditSigningArgs:
    """Only `signer_role_arns` may sign; every principal of the account that IAM allows may verify."""

    keep: Keep
    signer_role_arns: Sequence[pulumi.Input[str]]
    deletion_window_days: int = 30
    protect: bool = False  # Pulumi refuses to delete the key

    def __post_init__(self) -> None:
        if not self.signer_role_arns:
            raise ValueError("signer_role_arns must name at least one role: records that nobody signs prove nothing")
        if self.deletion_window_days not in DELETION_WINDOW_DAYS:
            raise ValueError(f"deletion_window_days must be 7-30, got {self.deletion_window_days}")


class AuditSigning(pulumi.ComponentResource):
    """An ECDSA key on NIST P-256. KMS does not rotate such keys, so each signature names its key."""

    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AuditSigningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:audit_signing:AuditSigning", name, None, opts)
        keep = args.keep
        key = kms.Key(
            name,
            description=f"codekeep {keep.tenant}: seals audit records",
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P256",
            deletion_window_in_days=args.deletion_window_days,
            multi_region=False,
            policy=signing_policy(keep, args.signer_role_arns),
            tags=keep.tags(DataClass.AUDIT),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect or None),
        )
        kms.Alias(
            name,
            name=f"alias/{keep.physical('audit-signing')}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.key_arn = key.arn
        self.register_outputs({"keyArn": self.key_arn})
