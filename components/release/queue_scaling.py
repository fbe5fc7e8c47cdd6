"""Scaling of a queue's workers: KEDA counts the messages under its own identity, without any secret."""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.identity.workload import Workload
from components.queue_ref import QueueRef
from components.release.base import ReleaseBase

KEDA_API = "keda.sh/v1alpha1"
POLLING_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class QueueTrigger:
    """One worker for `messages_per_worker` messages; `counts_in_flight`: messages being processed count too."""

    queue: QueueRef
    messages_per_worker: int
    counts_in_flight: bool

    def __post_init__(self) -> None:
        if self.messages_per_worker < 1:
            raise ValueError(f"messages_per_worker must be 1 or more, got {self.messages_per_worker}")

    @property
    def authentication(self) -> str:
        """Name of the TriggerAuthentication."""
        return f"{self.queue.role.value}-queue"

    def spec(self, region: str) -> dict[str, Any]:
        """Spec of the trigger, for a ScaledObject or a ScaledJob, where all values are strings."""
        return {
            "type": "aws-sqs-queue",
            "metadata": {
                "queueURL": self.queue.url,
                "queueLength": str(self.messages_per_worker),
                "awsRegion": region,
                "scaleOnInFlight": str(self.counts_in_flight).lower(),
            },
            "authenticationRef": {"name": self.authentication},
        }


def create_trigger_authentication(
    name: str, base: ReleaseBase, workload: Workload, trigger: QueueTrigger, opts: pulumi.ResourceOptions
) -> CustomResource:
    """KEDA uses its operator's role, which may only count messages (components.identity.operator_grants)."""
    return CustomResource(
        name,
        api_version=KEDA_API,
        kind="TriggerAuthentication",
        metadata=base.metadata(workload, trigger.authentication),
        spec={"podIdentity": {"provider": "aws", "identityOwner": "keda"}},
        opts=opts,
    )
