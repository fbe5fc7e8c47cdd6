"""Priority classes: serving before batch, batch before pods that only reserve room."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from components.release.base import Priority, ReleaseBase
from components.release.labels import keep_labels


@dataclass(frozen=True, kw_only=True)
class Rank:
    """`value` as in Kubernetes; `preempts`: may evict pods of a lower value."""

    value: int
    preempts: bool
    description: str


RANKS: Mapping[Priority, Rank] = {
    Priority.SERVING: Rank(value=100_000, preempts=True, description="Answers developers, who wait for it"),
    Priority.BATCH: Rank(value=1_000, preempts=False, description="Works through queues; nobody waits for it"),
    # -10 is the lowest value for which the cluster autoscaler still adds nodes.
    Priority.RESERVE: Rank(value=-10, preempts=False, description="Holds room for replicas to come; gives way at once"),
}


class Priorities(pulumi.ComponentResource):
    """The keep's priority classes. They are cluster-wide: in a shared cluster each keep has its own."""

    def __init__(self, name: str, base: ReleaseBase, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.priorities:Priorities", name, None, opts)

        for priority, rank in RANKS.items():
            PriorityClass(
                f"{name}-{priority.value}",
                metadata=ObjectMetaArgs(
                    name=base.priority(priority),
                    labels=keep_labels(base.keep, "priorities", version=base.version),
                ),
                value=rank.value,
                preemption_policy="PreemptLowerPriority" if rank.preempts else "Never",
                global_default=False,
                description=rank.description,
                opts=base.options(self),
            )

        self.register_outputs({"names": [base.priority(priority) for priority in RANKS]})
