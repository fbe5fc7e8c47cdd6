"""The indexer: takes steps from the outbox into the index, and embeds what has no vector yet."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.index.interface import Head, Index
from codekeep_runtime.outbox.bucket import Bucket
from codekeep_runtime.outbox.documents import branch_of, file_of
from codekeep_runtime.outbox.outbox import STATES, STEPS
from codekeep_runtime.telemetry import emit, span

STEPS_AT_ONCE = 200
IsPurged = Callable[[RepositoryId], bool]
Embed = Callable[[Index], int]  # returns how many chunks got a vector


class Worker:
    """One at a time: steps of a branch come in order. One goes once it is indexed; taken twice, it changes nothing.

    Args:
        embed: gives vectors to chunks that have none, and returns how many.
        is_purged: says of a repository, as it is now, that it was purged and is not allowed again.
    """

    def __init__(self, bucket: Bucket, index: Index, embed: Embed, is_purged: IsPurged) -> None:
        self._bucket, self._index, self._embed, self._is_purged = bucket, index, embed, is_purged

    def turn(self) -> int:
        """Takes what is there and embeds; returns the number of steps and vectors. 0 says that there was nothing."""
        steps = 0
        for key in list(self._bucket.keys(STEPS, STEPS_AT_ONCE)):
            step = self._bucket.get(key)
            if step is not None:
                with span("take-step", "index"):
                    self._take(step)
                self._bucket.delete(key)
                steps += 1
        vectors = self._embed(self._index)
        if steps or vectors:
            emit("index-turn", component="index", chunk_count=vectors)
        return steps + vectors

    def ask_for_everything(self) -> None:
        """Ingest's next runs hand everything on again: what a new schema or embedder needs."""
        while keys := list(self._bucket.keys(STATES)):
            for key in keys:
                self._bucket.delete(key)

    def _take(self, step: dict[str, Any]) -> None:
        branch = branch_of(step["branch"])
        if step["kind"] == "drop":
            self._index.drop(branch)
        elif self._is_purged(branch.repository):
            _refused(branch, step)
        else:
            self._write(branch, step)
            if self._is_purged(branch.repository):  # while it was written: the purge may have looked before
                self._index.drop(branch)
                _refused(branch, step)

    def _write(self, branch: Branch, step: dict[str, Any]) -> None:
        if step["kind"] == "write":
            self._index.write(branch, [file_of(each, branch) for each in step["files"]], step["removed"])
        else:
            told = step["head"]
            head = Head(commit=told["commit"], indexed_at=datetime.fromisoformat(told["indexed_at"]))
            self._index.set_head(branch, head)


def _refused(branch: Branch, step: dict[str, Any]) -> None:
    emit(
        "purged-not-taken",
        component="index",
        level="warning",
        repository_id=branch.repository.id,
        chunk_count=sum(len(each["chunks"]) for each in step.get("files", ())),
    )
