"""Defaults of an account with only one keep: volumes are encrypted under the keep's key, pushed images are scanned."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs, ecr

# Basic, which is free. ENHANCED is Amazon Inspector's: paid for by image, and enabled for the account by its owner. Set
# for the registry, since the setting of a repository "is being deprecated" (Amazon ECR API Reference,
# PutImageScanningConfiguration, looked up 2026-11-30).
SCAN_EVERY_PUSH: ecr.RegistryScanningConfigurationRuleArgsDict = {
    "scan_frequency": "SCAN_ON_PUSH",
    "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
}


@dataclass(frozen=True, kw_only=True)
class AccountDefaultsArgs:
    """`volume_key_arn` is the key of class CODE; `recovery_region` has a registry of its own."""

    volume_key_arn: pulumi.Input[str]
    recovery_region: str | None = None


class AccountDefaults(pulumi.ComponentResource):
    """Account-wide settings. Encryption and scanning stay on after the keep; the key of volumes goes with it."""

    def __init__(self, name: str, args: AccountDefaultsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:account_defaults:AccountDefaults", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)  # whoever else is in the account relies on it
        ebs.EncryptionByDefault(name, enabled=True, opts=kept)
        ebs.DefaultKmsKey(name, key_arn=args.volume_key_arn, opts=child)
        for region in (None, *filter(None, (args.recovery_region,))):
            ecr.RegistryScanningConfiguration(
                name if region is None else f"{name}-{region}",
                scan_type="BASIC",
                rules=[SCAN_EVERY_PUSH],
                region=region,
                opts=kept,
            )
        self.register_outputs({"volumeKeyArn": args.volume_key_arn})
