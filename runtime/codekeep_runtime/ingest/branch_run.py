"""Brings one branch in the index to one commit."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codekeep_runtime.core.repository import Branch
from codekeep_runtime.core.skip import SkipReason
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.git.mirror import Mirror
from codekeep_runtime.index.interface import Head, Index
from codekeep_runtime.ingest.file_task import Job, Outcome, Parse, RawFile
from codekeep_runtime.ingest.manifest import BranchReport
from codekeep_runtime.ingest.plan import Plan, plan
from codekeep_runtime.ingest.progress import Counter
from codekeep_runtime.ingest.state import State
from codekeep_runtime.ingest.workers import Batch, Workers
from codekeep_runtime.screen import Policy
from codekeep_runtime.telemetry import emit

if TYPE_CHECKING:
    from codekeep_runtime.ingest.on_ray import RayWorkers

_BATCH_FILES, _BATCH_BYTES = 64, 256_000  # of what a worker gets at once
_WRITE_FILES, _WRITE_BYTES = 2000, 16_000_000  # of source in one write to the index
_MISSING = "BlobMissing"


class BranchRun:
    """What all branches of a run have in common."""

    def __init__(
        self,
        index: Index,
        state: State,
        workers: "Workers | RayWorkers",
        policy: Policy,
        parse: Parse,
        made_with: str,
        *,
        trusts_index: bool = False,
    ) -> None:
        self._index, self._state, self._workers = index, state, workers
        self._policy, self._parse, self._made_with, self._trusts_index = policy, parse, made_with, trusts_index

    def run(self, branch: Branch, commit: str, mirror: Mirror, counter: Counter) -> BranchReport:
        """Idempotent: at the same commit with nothing due, nothing is done. The head moves when all files are in."""
        began = time.perf_counter()
        report = BranchReport(
            repository=branch.repository.key,
            repository_id=branch.repository.id,
            branch=branch.name,
            commit=commit,
        )
        head = self._index.head(branch)
        is_new = head is None or head.commit != commit
        if is_new or not self._state.is_done(branch, self._made_with):
            self._bring(branch, commit, mirror, counter, report)
            if is_new:
                self._index.set_head(branch, Head(commit=commit, indexed_at=datetime.now(UTC)))
            report.changed = True
        else:
            self._recount(branch, report)
        report.seconds = time.perf_counter() - began
        return report

    def _bring(self, branch: Branch, commit: str, mirror: Mirror, counter: Counter, report: BranchReport) -> None:
        indexed = self._index.blobs(branch)
        outdated = self._state.begin(branch, self._made_with, () if self._trusts_index else indexed)
        known = self._state.left_out(branch)
        todo = plan(mirror.files(commit), indexed, outdated, known, self._state, self._policy)
        counter.expect(len(todo.read))
        report.files, report.skips = todo.files, todo.skips
        writer = _Writer(self._index, self._state, branch, indexed, report)
        writer.remove(todo.gone)
        if todo.read:
            job = Job(branch, commit, self._policy, self._parse)
            for outcomes in self._workers.outcomes(_batches(job, todo, mirror, writer), few=todo.is_small):
                writer.take(outcomes)
                counter.step(len(outcomes))
        writer.flush()
        self._state.finish(branch, [*todo.left_out, *writer.left_out])

    def _recount(self, branch: Branch, report: BranchReport) -> None:
        """The reasons by content; those by name are not counted where nothing was looked at."""
        for file in self._state.left_out(branch).values():
            report.skips[file.reason] += 1


def _batches(job: Job, todo: Plan, mirror: Mirror, writer: "_Writer") -> Iterator[Batch]:
    """Contents, read while earlier ones are parsed."""
    if not todo.read:
        return
    with mirror.blobs() as blobs:
        files: list[RawFile] = []
        size = 0
        contents = blobs.read([entry.blob for entry in todo.read])
        for entry, data in zip(todo.read, contents, strict=True):
            if data is None:
                writer.take([Outcome(entry.path, entry.blob, error_kind=_MISSING)])
                continue
            files.append(RawFile(entry.path, entry.blob, data))
            size += len(data)
            if len(files) >= _BATCH_FILES or size >= _BATCH_BYTES:
                yield job, files
                files, size = [], 0
        if files:
            yield job, files


class _Writer:
    """Collects what goes into one write, and notes what stays out after the index has let go of it."""

    def __init__(
        self, index: Index, state: State, branch: Branch, indexed: Mapping[str, str], report: BranchReport
    ) -> None:
        self._index, self._state, self._branch, self._indexed, self._report = index, state, branch, indexed, report
        self._files: list[SourceFile] = []
        self._removed: list[str] = []
        self._skipped: list[tuple[str, str, SkipReason]] = []
        self._failed: list[Outcome] = []
        self._bytes = 0
        self.left_out: list[str] = []

    def remove(self, paths: Sequence[str]) -> None:
        self._removed += paths
        self._report.removed += len(paths)

    def take(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.file:
                self._add(outcome, outcome.file)
            else:
                self._leave_out(outcome)
        if self._bytes >= _WRITE_BYTES or len(self._files) >= _WRITE_FILES:
            self.flush()

    def flush(self) -> None:
        """Index first, state after: killed in between, the files are only made once more."""
        if self._files or self._removed:
            self._index.write(self._branch, self._files, self._removed)
            self._state.written(self._branch, [file.path for file in self._files])
        if self._skipped:
            self._state.leave_out(self._branch, self._skipped)
        for outcome in self._failed:
            self._quarantine(outcome)
        self._files, self._removed, self._skipped, self._failed, self._bytes = [], [], [], [], 0

    def _add(self, outcome: Outcome, file: SourceFile) -> None:
        self._files.append(file)
        self._bytes += file.size
        report = self._report
        report.written += 1
        report.chunks += len(file.chunks)
        report.masked += outcome.masked
        report.bytes += file.size

    def _leave_out(self, outcome: Outcome) -> None:
        """An earlier content of the path leaves the index: it is not what the commit holds."""
        if outcome.path in self._indexed:
            self.remove([outcome.path])
        if outcome.skip:
            self._skipped.append((outcome.path, outcome.blob, outcome.skip))
        else:
            self._failed.append(outcome)
        self._report.skips[outcome.skip or SkipReason.QUARANTINED] += 1
        self.left_out.append(outcome.path)

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
