"""The keys of a keep as other components use them, whoever owns the keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.naming import DataClass

STORED_CLASSES: tuple[DataClass, ...] = tuple(each for each in DataClass if each is not DataClass.CONFIG)
"""Every class of data that is stored. CONFIG is infrastructure without customer data, and has no key."""


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """ARN of the KMS key of each data class; the replicas are in the recovery region.

    The remedies are what an error proposes where a key is missing.
    """

    arns: Mapping[DataClass, pulumi.Output[str]]
    replica_arns: Mapping[DataClass, pulumi.Output[str]] = field(default_factory=dict)  # empty: no recovery region
    remedy: str = "add it to data_classes"
    replica_remedy: str = "give the keep a recovery_region"
    grants: tuple[pulumi.Resource, ...] = ()  # nodes boot only after them

    def arn(self, data_class: DataClass) -> pulumi.Output[str]:
        """ARN of the class's key.

        Raises:
            KeyError: the ring has no key for the class.
        """
        return _key(self.arns, data_class, self.remedy)

    def replica_arn(self, data_class: DataClass) -> pulumi.Output[str]:
        """ARN of the class's key in the recovery region.

        Raises:
            KeyError: the ring has no replica of that key.
        """
        return _key(self.replica_arns, data_class, self.replica_remedy)

    def of_recovery_region(self) -> "KeyRing":
        """The replicas as the keys of a ring of their own."""
        return KeyRing(arns=self.replica_arns, remedy=self.replica_remedy)

    def outputs(self) -> dict[str, Any]:
        """ARNs of the keys by data class, for register_outputs."""
        return {
            "arns": {data_class.value: arn for data_class, arn in self.arns.items()},
            "replicaArns": {data_class.value: arn for data_class, arn in self.replica_arns.items()},
        }


def _key(keys: Mapping[DataClass, pulumi.Output[str]], data_class: DataClass, remedy: str) -> pulumi.Output[str]:
    if data_class not in keys:
        known = ", ".join(sorted(each.value for each in keys)) or "none"
        raise KeyError(f"no key for data class {data_class.value!r} (there are: {known}); {remedy}")
    return keys[data_class]
