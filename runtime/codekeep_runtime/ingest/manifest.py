"""The report of a run. The file contains no paths and no code."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from codekeep_runtime.core.files import replace_file

MANIFEST_VERSION = 2  # 1: first; 2: without `digest`


@dataclass(kw_only=True)
class BranchReport:
    """`files` and `skips` count all files of the commit; the other counts are of this run."""

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
    """A repository that could not be fetched, or a branch that could not be written. The others were ingested."""

    repository: str
    repository_id: str
    error_kind: str
    message: str = field(default="", repr=False)  # for the caller's terminal, never written to the file


@dataclass(kw_only=True)
class Manifest:
    run: str
    started_at: datetime
    versions: dict[str, str]
    branches: list[BranchReport] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # keys of repositories without a commit
    dropped: list[str] = field(default_factory=list)  # removed branches, as key@branch
    failures: list[Failure] = field(default_factory=list)
    embedded: int = 0
    embed_error: str = ""  # class of the error; the next run embeds the rest
    seconds: dict[str, float] = field(default_factory=dict)  # by phase

    @property
    def is_complete(self) -> bool:
        return not self.failures and not self.embed_error

    def document(self) -> dict[str, Any]:
        """The manifest as a JSON object."""
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

    def write(self, folder: Path) -> None:
        replace_file(folder / f"{self.run}.json", json.dumps(self.document(), indent=1).encode())
