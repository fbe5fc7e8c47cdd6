"""The files of a stack, in the layout of Pulumi's own file backend: `pulumi login file://<backend>` finds them."""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.files import write_atomically

ORGANIZATION = "organization"
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")


@dataclass(frozen=True)
class StackFiles:
    """Paths of one stack below `<backend>/.pulumi`.

    Raises:
        ValueError: a name could lead out of the folder.
    """

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
        """Locked while locks are read and written. Outside their folder, where every file is a lock to pulumi."""
        return self.journal.with_suffix(".guard")

    @property
    def locks(self) -> Path:
        return self.root / "locks" / ORGANIZATION / self.project / self.stack

    @property
    def qualified_name(self) -> str:
        return f"{ORGANIZATION}/{self.project}/{self.stack}"

    def prepare(self) -> None:
        """Creates the folders, and the file by which Pulumi recognises the layout."""
        for folder in (self.checkpoint.parent, self.journal.parent, self.locks):
            folder.mkdir(parents=True, exist_ok=True)
        meta = self.root / "meta.yaml"
        if not meta.exists():
            write_atomically(meta, b"version: 1\n")
