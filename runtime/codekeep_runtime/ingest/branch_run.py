"""Brings one branch of the index to one commit."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codekeep_runtime.core import Branch, SkipReason, SourceFile
from codekeep_runtime.git.mirror import Mirror
from codekeep_runtime.index.interface import Head, IndexWriter
from codekeep_runtime.ingest.file_task import Job, Outcome, Parse, RawFile
from codekeep_runtime.ingest.manifest import BranchReport
from codekeep_runtime.ingest.plan import Plan, plan
from codekeep_runtime.ingest.progress import Counter
from codekeep_runtime.ingest.state import SkippedFile, State
from codekeep_runtime.ingest.workers import Batch, Workers
from codekeep_runtime.screen import Policy
from codekeep_runtime.telemetry import emit

if TYPE_CHECKING:
    from codekeep_runtime.ingest.on_ray import RayWorkers

_BATCH_FILES, _BATCH_BYTES = 64, 256_000  # sent to a worker at once
_WRITE_FILES, _WRITE_BYTES = 2000, 16_000_000  # source in one write to the index
_MISSING = "BlobMissing"


@dataclass(frozen=True, kw_only=True)
class BranchRun:
    """Ingests branches; its fields are common to all branches of a run.

    Args:
        version: of parser, chunker and screen.
        trusts_index: every file in the index was made by this version.
    """

    index: IndexWriter
    state: State
    workers: "Workers | RayWorkers"
    policy: Policy
    parse: Parse
    version: str
    trusts_index: bool = False

    def run(self, branch: Branch, commit: str, mirror: Mirror, counter: Counter) -> BranchReport:
        """Idempotent: at the same commit with nothing due it does nothing. The head moves once all files are in."""
        began = time.perf_counter()
        report = BranchReport(
            repository=branch.repository.key, repository_id=branch.repository.id, branch=branch.name, commit=commit
        )
        head = self.index.head(branch)
        is_new = head is None or head.commit != commit
        if is_new or not self.state.is_done(branch, self.version):
            self._update(branch, commit, mirror, counter, report)
            if is_new:
                self.index.set_head(branch, Head(commit=commit, indexed_at=datetime.now(UTC)))
            report.changed = True
        else:  # nothing was listed, so files skipped by their name are not counted
            report.skips.update(file.reason for file in self.state.skipped(branch).values())
        report.seconds = time.perf_counter() - began
        return report

    def _update(self, branch: Branch, commit: str, mirror: Mirror, counter: Counter, report: BranchReport) -> None:
        indexed = self.index.blobs(branch)
        outdated = self.state.begin(branch, self.version, () if self.trusts_index else indexed)
        known = self.state.skipped(branch)
        todo = plan(mirror.files(commit), indexed, outdated, known, self.state, self.policy)
        counter.expect(len(todo.to_process))
        report.files, report.skips = todo.files, todo.skips
        buffer = _WriteBuffer(self.index, self.state, branch, indexed, report)
        buffer.remove(todo.to_remove)
        if todo.to_process:
            job = Job(branch, commit, self.policy, self.parse)
            for outcomes in self.workers.outcomes(_batches(job, todo, mirror, buffer), is_small=todo.is_small):
                buffer.add(outcomes)
                counter.step(len(outcomes))
        buffer.flush()
        self.state.finish(branch, [*todo.skipped, *buffer.skipped])


def _batches(job: Job, todo: Plan, mirror: Mirror, buffer: "_WriteBuffer") -> Iterator[Batch]:
    """Contents, read while earlier ones are parsed."""
    with mirror.blobs() as blobs:
        files: list[RawFile] = []
        size = 0
        contents = blobs.read([entry.blob for entry in todo.to_process])
        for entry, data in zip(todo.to_process, contents, strict=True):
            if data is None:
                buffer.add([Outcome(entry.path, entry.blob, error_kind=_MISSING)])
                continue
            files.append(RawFile(entry.path, entry.blob, data))
            size += len(data)
            if len(files) >= _BATCH_FILES or size >= _BATCH_BYTES:
                yield job, files
                files, size = [], 0
        if files:
            yield job, files


@dataclass
class _WriteBuffer:
    """Collects one write to the index. Skipped files are remembered only after their old content left the index."""

    _index: IndexWriter
    _state: State
    _branch: Branch
    _indexed: Mapping[str, str]
    _report: BranchReport
    skipped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clear()

    def remove(self, paths: Sequence[str]) -> None:
        self._removed += paths
        self._report.removed += len(paths)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.file:
                self._write(outcome, outcome.file)
            else:
                self._skip(outcome)
        if self._bytes >= _WRITE_BYTES or len(self._files) >= _WRITE_FILES:
            self.flush()

    def flush(self) -> None:
        """Index first, state second: a kill in between only makes the next run process the files again."""
        if self._files or self._removed:
            self._index.write(self._branch, self._files, self._removed)
            self._state.mark_indexed(self._branch, [file.path for file in self._files])
        if self._skipped:
            self._state.skip(self._branch, self._skipped)
        for outcome in self._failed:
            self._quarantine(outcome)
        self._clear()

    def _clear(self) -> None:
        self._files: list[SourceFile] = []
        self._removed: list[str] = []
        self._skipped: list[SkippedFile] = []
        self._failed: list[Outcome] = []
        self._bytes = 0

    def _write(self, outcome: Outcome, file: SourceFile) -> None:
        self._files.append(file)
        self._bytes += file.size
        report = self._report
        report.written += 1
        report.chunks += len(file.chunks)
        report.masked += outcome.masked
        report.bytes += file.size

    def _skip(self, outcome: Outcome) -> None:
        """Removes an earlier content of the path from the index: the commit no longer has it."""
        if outcome.path in self._indexed:
            self.remove([outcome.path])
        if outcome.skip:
            self._skipped.append(SkippedFile(outcome.path, outcome.blob, outcome.skip))
        else:
            self._failed.append(outcome)
        self._report.skips[outcome.skip or SkipReason.QUARANTINED] += 1
        self.skipped.append(outcome.path)

    def _quarantine(self, outcome: Outcome) -> None:
        attempts = self._state.quarantine(self._branch, outcome.path, outcome.blob)
        emit(
            "ingest-file-quarantined",
            component="ingest",
            level="warning",
            repository_id=self._branch.repository.id,
            skip_reason=SkipReason.QUARANTINED.value,
            error_kind=outcome.error_kind,
            retry=attempts,
        )
