"""An empty secret, for a value that a person or the customer writes: key and policy, never the value."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager

from components.iam_policy import Conditions, Statement, deny, document
from components.naming import DataClass, Keep

RECOVERY_WINDOW_DAYS = range(7, 31)  # what Secrets Manager accepts


@dataclass(frozen=True, kw_only=True)
class SecretReplica:
    """A copy in the recovery region, under that region's key."""

    region: str
    key_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class SecretSlotArgs:
    """Only `reader_arns` can read the value, and only through the keep's own endpoint (`vpc_endpoint_ids`)."""

    keep: Keep
    label: str
    description: str
    key_arn: pulumi.Input[str]
    reader_arns: Sequence[pulumi.Input[str]]
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]
    replica: SecretReplica | None = None
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
            kms_key_id=args.key_arn,
            recovery_window_in_days=args.recovery_window_days,
            replicas=[
                secretsmanager.SecretReplicaArgs(region=replica.region, kms_key_id=replica.key_arn)
                for replica in filter(None, (args.replica,))
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
