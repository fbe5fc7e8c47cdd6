"""Where a stack's files lie: the layout of Pulumi's own file backend, so that `pulumi login file://<backend>` finds
the stacks.
"""

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ORGANIZATION = "organization"
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")


@dataclass(frozen=True)
class StackFiles:
    """Paths of one stack below `<backend>/.pulumi`. Raises ValueError on names that could leave the folder."""

    backend: Path
    project: str
    stack: str

    def __post_init__(self) -> None:
        for field, value in (("project", self.project), ("stack", self.stack)):
            if not _NAME.match(value) or set(value) == {"."}:
                raise ValueError(f"{field} must be 1-100 letters, digits, '_', '.' or '-', got {value!r}")

    @property
    def root(self) -> Path:
        return self.backend / ".pulumi"

    @property
    def checkpoint(self) -> Path:
        return self.root / "stacks" / self.project / f"{self.stack}.json"

    @property
    def journal(self) -> Path:
        return self.root / "journals" / self.project / f"{self.stack}.jsonl"

    @property
    def guard(self) -> Path:
        """Held while the locks are looked at. Not beside them: the pulumi CLI takes every file there for a lock."""
        return self.journal.with_suffix(".guard")

    @property
    def locks(self) -> Path:
        return self.root / "locks" / ORGANIZATION / self.project / self.stack

    @property
    def qualified_name(self) -> str:
        return f"{ORGANIZATION}/{self.project}/{self.stack}"

    def prepare(self) -> None:
        """Makes the folders, and the file that tells Pulumi which layout this is."""
        for folder in (self.checkpoint.parent, self.journal.parent, self.locks):
            folder.mkdir(parents=True, exist_ok=True)
        meta = self.root / "meta.yaml"
        if not meta.exists():
            write_atomically(meta, b"version: 1\n")


def write_atomically(path: Path, content: bytes) -> None:
    """The file holds either the old or the new content, whenever the process or the machine dies."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
