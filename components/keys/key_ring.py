"""The keys of a keep as other components see them, whoever holds the keys."""

from collections.abc import Mapping
from typing import Protocol

import pulumi

from components.naming import DataClass

STORED_CLASSES: tuple[DataClass, ...] = tuple(each for each in DataClass if each is not DataClass.CONFIG)
"""Every class of data that is stored; CONFIG is infrastructure that holds none, and has no key."""


class KeyRing(Protocol):
    """One KMS key per data class."""

    arns: Mapping[DataClass, pulumi.Output[str]]
    replica_arns: Mapping[DataClass, pulumi.Output[str]]  # in the recovery region; empty where there is none

    def arn(self, data_class: DataClass) -> pulumi.Output[str]:
        """ARN of the class's key.

        Raises:
            KeyError: the ring has no key for the class.
        """
        ...

    def replica_arn(self, data_class: DataClass) -> pulumi.Output[str]:
        """ARN of the class's key in the recovery region.

        Raises:
            KeyError: the ring has no replica of that key.
        """
        ...


def key_of(
    keys: Mapping[DataClass, pulumi.Output[str]], data_class: DataClass, *, remedy: str = "add it to data_classes"
) -> pulumi.Output[str]:
    """Looks a key up, with an error that says what there is."""
    if data_class not in keys:
        held = ", ".join(sorted(each.value for each in keys)) or "none"
        raise KeyError(f"no key for data class {data_class.value!r} (there are: {held}); {remedy}")
    return keys[data_class]
