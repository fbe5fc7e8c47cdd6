"""An empty secret, for a value that a person or the customer writes: key and policy, never the value."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager

from components.iam_policy import Conditions, Statement, deny, document
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep

RECOVERY_WINDOW_DAYS = range(7, 31)  # what Secrets Manager accepts


@dataclass(frozen=True, kw_only=True)
class SecretSlotArgs:
    """Only `reader_arns` can read the value, and only through the keep's own endpoint (`vpc_endpoint_ids`)."""

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
    """An empty secret. Its owner writes the value, the keep's readers read it, and the deployer can do neither."""

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
            policy=document(*_refusals(args, secret.arn)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": secret.arn})


def _refusals(args: SecretSlotArgs, secret_arn: pulumi.Input[str]) -> list[Statement]:
    reading = ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue")
    others: Conditions = {"ArnNotEquals": {"aws:PrincipalArn": list(args.reader_arns)}}
    # Secrets Manager replicates and rotates by itself; those calls come through no endpoint.
    elsewhere: Conditions = {
        "StringNotEqualsIfExists": {"aws:SourceVpce": list(args.vpc_endpoint_ids)},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
    return [
        deny("OnlyReaders", reading, (secret_arn,), others),
        deny("OnlyByTheKeepsEndpoint", reading, (secret_arn,), elsewhere),
    ]
