"""Rotation, deletion window and customer-held keys of a keep. Who may use a key: key_policy.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.naming import DataClass


@dataclass(frozen=True, kw_only=True)
class KeysPlan:
    """`customer_held` has, by data class, the keys that the customer owns; the replicas are in the recovery region."""

    rotation_days: int = 365
    deletion_window_days: int = 30
    customer_held: Mapping[DataClass, str] = field(default_factory=dict)
    customer_held_replicas: Mapping[DataClass, str] = field(default_factory=dict)
