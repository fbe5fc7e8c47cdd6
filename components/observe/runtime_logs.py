"""Log groups of the runtime: one encrypted group per part, in which anything like a credential is masked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import pulumi
from codekeep_contracts.log_fields import Component
from pulumi_aws import cloudwatch

from components.arns import arn
from components.naming import DataClass, Keep
from components.observe.log_group import log_group

ACCESS_PART: Final[Component] = "access"  # audit records, kept as long as the trail
PARTS = tuple(part for part in get_args(Component) if part != ACCESS_PART)

# Second line of defence, since the runtime writes only an allow-list of fields. E-mail addresses are masked too.
IDENTIFIERS = (
    "AwsSecretKey",
    "OpenSshPrivateKey",
    "PgpPrivateKey",
    "PkcsPrivateKey",
    "PuttyPrivateKey",
    "EmailAddress",
)


def protection_policy(region: str) -> str:
    """Data protection policy of a log group: masks the identifiers for every reader."""
    identifiers = [
        arn("dataprotection", f"data-identifier/{name}", region=region, account_id="aws", regional=False)
        for name in IDENTIFIERS
    ]
    return json.dumps(
        {
            "Name": "no-credentials",
            "Version": "2021-06-01",
            "Statement": [
                {"Sid": "audit", "DataIdentifier": identifiers, "Operation": {"Audit": {"FindingsDestination": {}}}},
                {"Sid": "mask", "DataIdentifier": identifiers, "Operation": {"Deidentify": {"MaskConfig": {}}}},
            ],
        }
    )


@dataclass(frozen=True, kw_only=True)
class RuntimeLogsArgs:
    """Keys and retentions (days) of LOG and AUDIT."""

    keep: Keep
    log_key_arn: pulumi.Input[str]
    audit_key_arn: pulumi.Input[str]
    log_retention_days: int
    audit_retention_days: int
    parts: Sequence[str] = PARTS


class RuntimeLogs(pulumi.ComponentResource):
    """The log groups, by part."""

    groups: Mapping[str, cloudwatch.LogGroup]

    def __init__(self, name: str, args: RuntimeLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:runtime_logs:RuntimeLogs", name, None, opts)
        self._args = args

        parts = {part: self._group(part, DataClass.LOG) for part in args.parts}
        self.groups = {**parts, ACCESS_PART: self._group(ACCESS_PART, DataClass.AUDIT)}

        self.register_outputs({"groups": {part: group.name for part, group in self.groups.items()}})

    def _group(self, part: str, data_class: DataClass) -> cloudwatch.LogGroup:
        args, child = self._args, pulumi.ResourceOptions(parent=self)
        audited = data_class is DataClass.AUDIT
        group = log_group(
            args.keep,
            "runtime",
            part,
            key_arn=args.audit_key_arn if audited else args.log_key_arn,
            retention_days=args.audit_retention_days if audited else args.log_retention_days,
            data_class=data_class,
            opts=child,
        )
        cloudwatch.LogDataProtectionPolicy(
            args.keep.logical("logs", "runtime", part),
            log_group_name=group.name,
            policy_document=protection_policy(args.keep.region),
            opts=child,
        )
        return group
