"""Named documents that several processes change: each has a version, and a change names the one it was made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codekeep_contracts.faults import Fault

ATTEMPTS = 50  # of one change, while others change the same document


class ConflictFault(Fault):
    """Another process has changed the document meanwhile. Reading it again and changing that is the remedy."""


@dataclass(frozen=True)
class Document:
    """`version` differs with each content; only its equality means something."""

    content: str
    version: str


class Documents(Protocol):
    """Files of a folder on a laptop, documents of the index in a keep. Several threads may share one."""

    def read(self, name: str) -> Document | None:
        """As it is now; None where there is none."""
        ...

    def mark(self, name: str) -> str | None:
        """Another one after each change, None where there is no such document. Cheap: asked every half second."""
        ...

    def write(self, name: str, content: str, expected: str | None) -> None:
        """
        Args:
            expected: the version that was read, None where there was none.

        Raises:
            ConflictFault: it has another version by now.
        """
        ...

    def remove(self, name: str) -> None:
        """Whatever its version; what is not there is passed over."""
        ...

    def where(self, name: str) -> str:
        """What a person calls its place."""
        ...


def changed(documents: Documents, name: str, change: Callable[[str | None], str | None]) -> None:
    """Replaces a document by what `change` makes of it (None: leave it); again and again while others change it too.

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
