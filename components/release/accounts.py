"""The service accounts of a keep's workloads: what EKS hands each workload's role to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import ServiceAccount

from components.identity.workload import Workload
from components.release.base import ReleaseBase


@dataclass(frozen=True, kw_only=True)
class AccountsArgs:
    """Roles are bound to the accounts by name, on AWS's side (components.identity.identity)."""

    base: ReleaseBase


class Accounts(pulumi.ComponentResource):
    """One account for each workload. None has a right in the cluster, so none is given a token for it."""

    accounts: Mapping[Workload, ServiceAccount]

    def __init__(self, name: str, args: AccountsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.accounts:Accounts", name, None, opts)

        self.accounts = {
            workload: ServiceAccount(
                f"{name}-{workload.value}",
                metadata=args.base.metadata(workload),
                automount_service_account_token=False,
                opts=args.base.options(self),
            )
            for workload in Workload
        }

        self.register_outputs({"accountNames": [workload.value for workload in self.accounts]})
