"""Named documents that several processes change. Writes are optimistic: each names the version it was made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codekeep_contracts.faults import Fault

ATTEMPTS = 50  # to change one document while others change it too


class ConflictFault(Fault):
    """Another process changed the document in the meantime. Read it again and change that."""


@dataclass(frozen=True)
class Document:
    """`version` differs with each content and is only compared for equality."""

    content: str
    version: str


class Documents(Protocol):
    """Files of a folder on a laptop, documents of an index in a keep. Thread-safe."""

    def read(self, name: str) -> Document | None:
        """The current content; None if there is no such document."""

    def fingerprint(self, name: str) -> str | None:
        """Changes with each write; None if there is no such document. Cheap, since it is polled twice a second."""

    def write(self, name: str, content: str, expected: str | None) -> None:
        """
        Args:
            expected: the version that was read, None if there was no document.

        Raises:
            ConflictFault: it has another version by now.
        """

    def remove(self, name: str) -> None:
        """Removes any version; does nothing if there is no such document."""

    def location(self, name: str) -> str:
        """The document's place in the store, to show to people."""


def update(documents: Documents, name: str, change: Callable[[str | None], str | None]) -> None:
    """Replaces a document by what `change` makes of it (None: leaves it), and retries while others change it too.

    Raises:
        ConflictFault: others changed it at each attempt.
    """
    for attempt in range(ATTEMPTS):
        found = documents.read(name)
        content = change(found.content if found else None)
        if content is None:
            return
        try:
            documents.write(name, content, found.version if found else None)
        except ConflictFault:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return
