"""Defaults of an account with only one keep: every volume is encrypted under the keep's key."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs


@dataclass(frozen=True, kw_only=True)
class AccountDefaultsArgs:
    """`volume_key_arn` is the key of class CODE."""

    volume_key_arn: pulumi.Input[str]


class AccountDefaults(pulumi.ComponentResource):
    """Account-wide settings in the keep's region."""

    def __init__(self, name: str, args: AccountDefaultsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:account_defaults:AccountDefaults", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ebs.EncryptionByDefault(name, enabled=True, opts=child)
        ebs.DefaultKmsKey(name, key_arn=args.volume_key_arn, opts=child)
        self.register_outputs({"volumeKeyArn": args.volume_key_arn})
