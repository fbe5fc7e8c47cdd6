"""An empty secret, for a value that a person or the customer writes: key and policy, never the value."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager

from components.iam_policy import Conditions, Statement, deny, document
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep

# Who may call these could lift what the policy denies, or take the secret away.
ADMINISTRATION_ACTIONS = tuple(
    f"secretsmanager:{action}"
    for action in (
        "CancelRotateSecret",
        "DeleteResourcePolicy",
        "DeleteSecret",
        "PutResourcePolicy",
        "RemoveRegionsFromReplication",
        "ReplicateSecretToRegions",
        "RestoreSecret",
        "RotateSecret",
        "StopReplicationToReplica",
        "TagResource",
        "UntagResource",
    )
)
ATTACHED = ("*",)  # in a secret's policy: the secret that it is attached to
RECOVERY_WINDOW_DAYS = range(7, 31)  # what Secrets Manager accepts


@dataclass(frozen=True, kw_only=True)
class SecretSlotArgs:
    """Only `reader_arns` can read the value, and only through the keep's own endpoint (`vpc_endpoint_ids`).

    Only the deployer administers the secret; if its role is lost, a new one of the same name does. Who writes the value
    is a matter of the account's IAM: it may be a person, or the issuer of a certificate.
    """

    keep: Keep
    label: str
    description: str
    keys: KeyRing
    reader_arns: Sequence[pulumi.Input[str]]
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]
    recovery_region: str | None = None  # also keeps a copy there, under that region's key
    recovery_window_days: int = 30

    def __post_init__(self) -> None:
        if not self.reader_arns:
            raise ValueError(f"reader_arns of secret {self.label!r} must name who reads it")
        if not self.vpc_endpoint_ids:
            raise ValueError(f"vpc_endpoint_ids of secret {self.label!r} must name the Secrets Manager endpoint")
        if self.recovery_window_days not in RECOVERY_WINDOW_DAYS:
            raise ValueError(f"recovery_window_days must be 7-30, got {self.recovery_window_days}")


class SecretSlot(pulumi.ComponentResource):
    """An empty secret. Its owner writes the value, the keep's readers read it, and the deployer does neither."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: SecretSlotArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:secret_slot:SecretSlot", name, None, opts)
        # No fixed name: a deleted secret keeps its name for weeks, and until then the keep could not be built again.
        secret = secretsmanager.Secret(
            name,
            description=args.description,
            kms_key_id=args.keys.arn(DataClass.SECRET),
            recovery_window_in_days=args.recovery_window_days,
            replicas=[
                {"region": region, "kms_key_id": args.keys.replica_arn(DataClass.SECRET)}
                for region in filter(None, (args.recovery_region,))
            ],
            tags=args.keep.tags(DataClass.SECRET),
            opts=pulumi.ResourceOptions(parent=self),
        )
        secretsmanager.SecretPolicy(
            name,
            secret_arn=secret.arn,
            block_public_policy=True,
            policy=document(*_refusals(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": secret.arn})


def _refusals(args: SecretSlotArgs) -> list[Statement]:
    """The policy of the secret, and of its copy: Secrets Manager replicates it as it is, and takes no other one for the
    copy, whose ARN has another region (User Guide, "Replicate AWS Secrets Manager secrets across Regions", "Promote a
    replica secret to a standalone secret"). A policy that named the primary's ARN would leave the copy open.
    """
    reading = ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue")
    others: Conditions = {"ArnNotEquals": {"aws:PrincipalArn": list(args.reader_arns)}}
    not_deployer: Conditions = {"ArnNotEquals": {"aws:PrincipalArn": [args.keep.deployer_role_arn]}}
    # Secrets Manager replicates and rotates by itself; those calls come through no endpoint.
    elsewhere: Conditions = {
        "StringNotEqualsIfExists": {"aws:SourceVpce": list(args.vpc_endpoint_ids)},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
    return [
        deny("OnlyReaders", reading, ATTACHED, others),
        deny("OnlyByTheKeepsEndpoint", reading, ATTACHED, elsewhere),
        deny("OnlyDeployerAdministers", ADMINISTRATION_ACTIONS, ATTACHED, not_deployer),
    ]
