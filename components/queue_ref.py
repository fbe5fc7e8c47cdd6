"""A reference to a queue, for other components."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import QueueRole


@dataclass(frozen=True, kw_only=True)
class QueueRef:
    """`name` and `dead_letter_name` are also the dimensions of the queues' metrics."""

    role: QueueRole
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    url: pulumi.Output[str]
    dead_letter_name: pulumi.Output[str]
    dead_letter_url: pulumi.Output[str]
    key_arn: pulumi.Output[str]
