"""A run of ingest over repositories. Afterwards, what is searchable is what their branches contain."""

import os
import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codekeep_contracts import metrics
from codekeep_contracts.faults import Fault
from codekeep_contracts.index_names import SCHEMA_VERSION

from codekeep_runtime.core import Branch, RepositoryId
from codekeep_runtime.git.location import Location
from codekeep_runtime.git.mirror import Limits, Mirror
from codekeep_runtime.index.interface import IndexWriter
from codekeep_runtime.ingest.branch_run import BranchRun
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.file_task import Parse, parse_source
from codekeep_runtime.ingest.lock import ingest_lock
from codekeep_runtime.ingest.manifest import Failure, Manifest
from codekeep_runtime.ingest.progress import Counter, Phase, Progress, ignore_progress
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.ingest.state import State
from codekeep_runtime.ingest.workers import Workers
from codekeep_runtime.screen import Policy
from codekeep_runtime.telemetry import emit, span
from codekeep_runtime.telemetry.metrics import observe

if TYPE_CHECKING:
    from codekeep_runtime.ingest.on_ray import RayWorkers


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a run parses.

    Args:
        workers: processes that parse; None for one per core.
        ray: address of a Ray cluster that parses instead; "local" starts one on this machine.
        file_seconds: a file that takes longer to parse is quarantined.
        trusts_index: every file that the index lists was made by this version of the pipeline.
    """

    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)
    workers: int | None = None
    ray: str | None = None
    file_seconds: float = 20
    trusts_index: bool = False


class Ingest:
    """Brings an index to what repositories contain. Killed at any moment and run again, it makes the same index.

    Args:
        embedding: the second phase; None where another process embeds.
        folder: of mirrors, quarantine, manifests and the lock; only its owner may read it.
        parse: replaces the default parser; a function of a module, since it is sent to other processes.
    """

    def __init__(
        self,
        index: IndexWriter,
        embedding: Embedding | None,
        folder: Path,
        options: Options = Options(),
        parse: Parse = parse_source,
    ) -> None:
        self._index, self._embedding, self._folder = index, embedding, folder
        self._options, self._parse = options, parse
        self._version = pipeline_version(options.policy, parse)

    def run(self, sources: Sequence[Source], progress: Progress = ignore_progress) -> Manifest:
        """Fetches, writes what changed and embeds what has no vector. Failures go into the manifest; the rest goes on.

        Raises:
            BusyFault: another ingest uses this folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ingest_lock(self._folder):
            state = State(self._folder)
            try:
                return self._run(state, sources, progress)
            finally:
                state.close()

    def _run(self, state: State, sources: Sequence[Source], progress: Progress) -> Manifest:
        started = datetime.now(UTC)
        manifest = Manifest(
            run=f"{started:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}", started_at=started, versions=self._versions()
        )
        self._write(state, sources, manifest, progress)
        self._embed(manifest, progress)
        manifest.write(self._folder / "runs")
        self._measure(manifest)
        emit("ingest-finished", component="ingest", duration_ms=round(sum(manifest.seconds.values()) * 1000))
        return manifest

    def _write(self, state: State, sources: Sequence[Source], manifest: Manifest, progress: Progress) -> None:
        fetched, parsed = Counter(progress, Phase.FETCH), Counter(progress, Phase.PARSE)
        fetched.expect(len(sources))
        fetching = 0.0
        begin = time.perf_counter()
        with self._workers() as workers:
            branch_run = self._branch_run(state, workers)
            for source in sources:
                at = time.perf_counter()
                try:
                    mirror = self._mirror(source)
                    with span("fetch", "ingest", repository_id=source.repository.id):
                        heads = mirror.fetch(source.branches)
                except Fault as fault:
                    _failed(manifest, source.repository, fault)
                    continue
                finally:
                    fetching += time.perf_counter() - at
                    fetched.step()
                if not heads:
                    manifest.empty.append(source.repository.key)
                self._drop_others(state, source.repository, heads.keys(), manifest)
                for name, commit in heads.items():
                    try:
                        with span("write-branch", "ingest", repository_id=source.repository.id, commit=commit):
                            branch = Branch(source.repository, name)
                            manifest.branches.append(branch_run.run(branch, commit, mirror, parsed))
                    except Fault as fault:
                        _failed(manifest, source.repository, fault)
        manifest.seconds["fetch"] = fetching
        manifest.seconds["parse"] = time.perf_counter() - begin - fetching

    def _measure(self, manifest: Manifest) -> None:
        """Records metrics for alarms: jobs, failed jobs, and the age of the oldest branch that could not be updated."""
        observe(metrics.INGEST_JOBS, component="ingest")
        if not manifest.is_complete:
            observe(metrics.FAILED_INGEST_JOBS, component="ingest")
        failed = {failure.repository for failure in manifest.failures}
        heads = [self._index.head(branch) for branch in self._index.branches() if branch.repository.key in failed]
        ages = [(datetime.now(UTC) - head.indexed_at).total_seconds() / 60 for head in heads if head]
        observe(metrics.INDEX_AGE, max(ages, default=0.0), component="ingest")

    def _workers(self) -> "Workers | RayWorkers":
        if self._options.ray is None:
            return Workers(self._options.workers or os.cpu_count() or 1, self._options.file_seconds)
        from codekeep_runtime.ingest.on_ray import RayWorkers

        return RayWorkers(self._options.ray, self._options.file_seconds)

    def _branch_run(self, state: State, workers: "Workers | RayWorkers") -> BranchRun:
        return BranchRun(
            index=self._index,
            state=state,
            workers=workers,
            policy=self._options.policy,
            parse=self._parse,
            version=self._version,
            trusts_index=self._options.trusts_index,
        )

    def _embed(self, manifest: Manifest, progress: Progress) -> None:
        at = time.perf_counter()
        try:
            with span("embed", "ingest"):
                if self._embedding is not None:
                    manifest.embedded = self._embedding.run(Counter(progress, Phase.EMBED))
        except Fault as fault:  # the text is searchable all the same; the next run continues
            manifest.embed_error = type(fault).__name__
            emit("ingest-embed-failed", component="ingest", level="error", error_kind=type(fault).__name__)
        manifest.seconds["embed"] = time.perf_counter() - at

    def _mirror(self, source: Source) -> Mirror:
        folder = self._folder / "mirrors" / source.repository.id
        return Mirror(folder, Location.parse(source.location), source.credential, self._options.limits)

    def _drop_others(self, state: State, repository: RepositoryId, kept: Collection[str], manifest: Manifest) -> None:
        """Drops branches that were deleted in the repository or are no longer selected."""
        for branch in self._index.branches():
            if branch.repository == repository and branch.name not in kept:
                self._index.drop(branch)
                state.forget(branch)
                manifest.dropped.append(f"{repository.key}@{branch.name}")

    def _versions(self) -> dict[str, str]:
        versions = {"made_with": self._version, "index_schema": str(SCHEMA_VERSION)}
        return versions | ({"embedder": self._embedding.embedder.version} if self._embedding else {})


def pipeline_version(policy: Policy, parse: Parse = parse_source) -> str:
    """Everything but the file that its chunks depend on."""
    if parse is not parse_source:
        return f"{parse.__module__}.{parse.__qualname__}/{policy.digest}"
    from codekeep_runtime.parse.parser import CHUNKER_VERSION, PARSER_VERSION

    return f"parser-{PARSER_VERSION}/chunker-{CHUNKER_VERSION}/screen-{policy.digest}"


def _failed(manifest: Manifest, repository: RepositoryId, fault: Fault) -> None:
    kind = type(fault).__name__
    manifest.failures.append(Failure(repository.key, repository.id, kind, str(fault)))
    emit("ingest-repository-failed", component="ingest", level="error", repository_id=repository.id, error_kind=kind)
