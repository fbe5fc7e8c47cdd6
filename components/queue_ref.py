"""A queue as other components see it."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import QueueRole


@dataclass(frozen=True, kw_only=True)
class QueueRef:
    """`dead_letter_name` and `name` are metric dimensions as well."""

    role: QueueRole
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    url: pulumi.Output[str]
    dead_letter_name: pulumi.Output[str]
    dead_letter_url: pulumi.Output[str]
    key_arn: pulumi.Output[str]
