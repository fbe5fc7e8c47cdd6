"""What Git hosts confirm, on its way from who asks them to the index, which the asking pod does not reach."""

from codekeep_runtime.access.permissions import NAME, Permissions
from codekeep_runtime.outbox.bucket import Bucket

FOLDER = "access/"


class HandedOn:
    """One object: each round of asking replaces it. Rounds must not overlap.

    Args:
        bucket: the code bucket's folder FOLDER.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def version(self) -> str | None:
        """Another one after each round, None before the first."""
        return self._bucket.version(NAME)

    def last(self) -> Permissions:
        told = self._bucket.get(NAME)
        return Permissions() if told is None else Permissions.model_validate(told)

    def keep(self, permissions: Permissions) -> None:
        self._bucket.put(NAME, permissions.model_dump(mode="json"))
