"""The service accounts of a keep's workloads, to which EKS gives each workload's role."""

from collections.abc import Mapping

import pulumi
from pulumi_kubernetes.core.v1 import ServiceAccount

from components.identity.workload import Workload
from components.release.base import ReleaseBase


class Accounts(pulumi.ComponentResource):
    """One account for each workload. None may use the Kubernetes API, so none gets a token for it."""

    accounts: Mapping[Workload, ServiceAccount]

    def __init__(self, name: str, base: ReleaseBase, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.accounts:Accounts", name, None, opts)

        self.accounts = {
            workload: ServiceAccount(
                f"{name}-{workload.value}",
                metadata=base.metadata(workload),
                automount_service_account_token=False,
                opts=base.options(self),
            )
            for workload in Workload
        }

        self.register_outputs({"accountNames": [workload.value for workload in self.accounts]})
