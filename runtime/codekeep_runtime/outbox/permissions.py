"""Permissions that Git hosts confirmed, on their way from the pod that asks the hosts to the index."""

from codekeep_runtime.access.permissions import NAME, Permissions
from codekeep_runtime.outbox.objects import Objects


class PermissionHandover:
    """One object, which each round of asking replaces. Rounds must not overlap.

    Args:
        objects: the folder ACCESS_FOLDER of the code bucket.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def version(self) -> str | None:
        """Changes with each round; None before the first."""
        return self._objects.version(NAME)

    def latest(self) -> Permissions:
        found = self._objects.get(NAME)
        return Permissions() if found is None else Permissions.model_validate(found, strict=False)

    def store(self, permissions: Permissions) -> None:
        self._objects.put(NAME, permissions.model_dump(mode="json"))
