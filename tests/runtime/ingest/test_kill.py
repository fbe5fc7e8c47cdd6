"""Runs killed at random moments and repeated give the same index as an uninterrupted run."""

import multiprocessing
import os
import random
import shutil
import signal
from pathlib import Path

from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.source import Source

from tests.runtime.ingest.kill_target import run_once
from tests.runtime.repositories import Repository

KILLS = int(os.environ.get("CODEKEEP_KILLS", "12"))  # the full test: 100
FILES, CHANGED = 400, 120
SLOWEST_SECONDS = 0.7  # about the time of a run, so that most kills interrupt one


class Change:
    """Makes commits that add, change, remove and rename files, so that every run has work."""

    def __init__(self, repository: Repository, luck: random.Random) -> None:
        self._repository, self._luck, self._round = repository, luck, 0
        self._names: list[str] = []

    def commit(self) -> None:
        self._round += 1
        files: dict[str, str | None] = {}
        for name in self._luck.sample(self._names, min(len(self._names), CHANGED // 4)):
            files[name] = None
            self._names.remove(name)
        for number in range(FILES if self._round == 1 else CHANGED):
            name = f"p{number % 7}/m{self._luck.randrange(FILES)}.py"
            files[name] = self._text()
            if name not in self._names:
                self._names.append(name)
        self._repository.commit(files)

    def _text(self) -> str:
        lines = [f"def f{self._luck.randrange(10**9)}(): return {n}" for n in range(self._luck.randrange(1, 60))]
        return "\n".join([f"# round {self._round}", *lines])


def _attempt(repository: Repository, data: Path, seconds: float | None) -> int | None:
    """Exit code of a run that is killed after so many seconds."""
    process = multiprocessing.get_context("forkserver").Process(target=run_once, args=(str(repository.path), str(data)))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
    process.join()
    return process.exitcode


def _indexed(data: Path, repository: RepositoryId) -> tuple[str, int, int]:
    """Digest, chunks, and how many chunks the text index finds."""
    index = EmbeddedIndex.open(data / "index", "acme", "hash-1", 64)
    scope = Scope("acme", "0" * 16, "", frozenset({repository}))
    counts = index.counts(scope)
    assert counts.unembedded == 0
    hits = [hit.chunk.id for hit in index.lexical(scope, "return def round", 100_000)]
    assert len(hits) == len(set(hits))
    result = index.digest(), counts.chunks, len(hits)
    index.close()
    return result


def test_runs_killed_at_random_moments_give_the_same_index_as_an_uninterrupted_one(tmp_path):
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.runtime.ingest.kill_target"])
    luck = random.Random(20261127)  # noqa: S311
    repository = Repository(tmp_path / "code")
    change = Change(repository, luck)
    change.commit()
    kills = 0
    while kills < KILLS:
        code = _attempt(repository, tmp_path / "killed", luck.uniform(0.02, SLOWEST_SECONDS))
        if code == -signal.SIGKILL:
            kills += 1
        else:
            assert code == 0
            change.commit()
    assert _attempt(repository, tmp_path / "killed", None) == 0
    assert _attempt(repository, tmp_path / "clean", None) == 0
    identity = Source.at(str(repository.path)).repository
    assert _indexed(tmp_path / "killed", identity) == _indexed(tmp_path / "clean", identity)
    shutil.rmtree(tmp_path / "killed")
