"""What an account has already of the things that exist once in it, or once in each of its regions.

A lookup before `up` finds it (stacks/sessions/existing.py). Of each of these things a component takes the one there is,
or makes one that outlives its stack, since another keep of the account may have come to use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Existing:
    """Only what another than the stack made; what it made itself stays its own."""

    detectors: Mapping[str, str] = field(default_factory=dict)  # region -> id of the GuardDuty detector
    analyzers: Mapping[str, str] = field(default_factory=dict)  # region -> ARN of the analyzer of type ACCOUNT
    service_roles: Mapping[str, str] = field(default_factory=dict)  # AWS service -> ARN of its service-linked role
