"""The object storage that an outbox needs."""

from collections.abc import Iterator
from typing import Any, Protocol


class Objects(Protocol):
    """JSON documents under keys, in one folder of a bucket."""

    def put(self, key: str, document: Any) -> None: ...

    def get(self, key: str) -> Any:
        """The object; None if it does not exist."""

    def version(self, key: str) -> str | None:
        """Changes with each `put`; None if the object does not exist."""

    def delete(self, key: str) -> None: ...

    def keys(self, folder: str, limit: int = 1_000) -> Iterator[str]:
        """Keys in the folder, in lexical order."""
