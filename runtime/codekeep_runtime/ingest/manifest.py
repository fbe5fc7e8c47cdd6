"""What a run did: written once, whole, and free of paths and code."""

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MANIFEST_VERSION = 1  # 1: first


@dataclass(kw_only=True)
class BranchReport:
    """Of one branch. Counts of files are of the whole commit but for `written`, `removed`, `chunks` and `masked`."""

    repository: str  # its key
    repository_id: str
    branch: str
    commit: str
    changed: bool = False
    files: int = 0
    bytes: int = 0  # of the files written
    written: int = 0
    removed: int = 0
    chunks: int = 0
    masked: int = 0
    skips: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass(frozen=True)
class Failure:
    """A repository that could not be fetched, or a branch that could not be written; the rest went on."""

    repository: str
    repository_id: str
    error_kind: str
    message: str = field(default="", repr=False)  # for the caller's terminal; not in the file


@dataclass(kw_only=True)
class Manifest:
    """A run."""

    run: str
    started_at: datetime
    versions: dict[str, str]
    branches: list[BranchReport] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # keys of repositories without a commit
    dropped: list[str] = field(default_factory=list)  # branches that are gone, as key@branch
    failures: list[Failure] = field(default_factory=list)
    embedded: int = 0
    embed_error: str = ""  # a class's name; what has no vector yet gets it in the next run
    seconds: dict[str, float] = field(default_factory=dict)  # by phase
    digest: str = ""  # SHA-256 of the index's documents, where asked for

    @property
    def is_complete(self) -> bool:
        return not self.failures and not self.embed_error

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "schema_version": MANIFEST_VERSION,
            **vars(self),
            "started_at": self.started_at.isoformat(),
            "branches": [{**vars(branch), "skips": dict(sorted(branch.skips.items()))} for branch in self.branches],
            "skips": dict(sorted(sum((branch.skips for branch in self.branches), Counter[str]()).items())),
            "failures": [
                {"repository": each.repository, "repository_id": each.repository_id, "error_kind": each.error_kind}
                for each in self.failures
            ],
        }

    def write(self, folder: Path) -> Path:
        """A new file, there as a whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / f"{self.run}.json"
        part = folder / f".{self.run}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.document(), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        return target
