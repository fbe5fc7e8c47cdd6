"""The indexer's side of the outbox: applies steps to the index and embeds new chunks."""

from collections.abc import Callable
from typing import Any

from codekeep_runtime.core import Branch, RepositoryId
from codekeep_runtime.index.interface import Index
from codekeep_runtime.outbox.documents import branch_of, file_of
from codekeep_runtime.outbox.objects import Objects
from codekeep_runtime.outbox.outbox import STATES, STEPS, head_of, state_key
from codekeep_runtime.telemetry import emit, span

STEPS_PER_TURN = 200


class Worker:
    """Runs once per keep, since steps of a branch must be applied in order. A step applied twice changes nothing.

    Args:
        embed: embeds chunks without a vector and returns how many.
        is_purged: whether a repository was purged and not allowed again; called for each step.
    """

    def __init__(
        self, objects: Objects, index: Index, embed: Callable[[], int], is_purged: Callable[[RepositoryId], bool]
    ) -> None:
        self._objects, self._index, self._embed, self._is_purged = objects, index, embed, is_purged

    def run_once(self) -> int:
        """Applies what is there and embeds; returns the number of steps and vectors, 0 if there was nothing."""
        steps = 0
        for key in list(self._objects.keys(STEPS, STEPS_PER_TURN)):
            step = self._objects.get(key)
            if step is not None:
                with span("take-step", "index"):
                    self._apply(step)
                self._objects.delete(key)
                steps += 1
        vectors = self._embed()
        if steps or vectors:
            emit("index-turn", component="index", chunk_count=vectors)
        return steps + vectors

    def begin(self, *, is_full: bool = False) -> None:
        """Requests everything if asked to, or if the index is a new one beside the one that serves: the states of the
        outbox list what the other index has.
        """
        if is_full or (self._index.is_migrating() and self._index.is_empty()):
            self.request_everything()

    def request_everything(self) -> None:
        """Makes the next runs of ingest send everything again, as a new schema or embedder needs."""
        while keys := list(self._objects.keys(STATES)):
            for key in keys:
                self._objects.delete(key)

    def _apply(self, step: dict[str, Any]) -> None:
        branch = branch_of(step["branch"])
        if step["kind"] == "drop":
            self._index.drop(branch)
        elif self._is_purged(branch.repository):
            _refused(branch, step)
        else:
            self._write(branch, step)
            if self._is_purged(branch.repository):  # a purge during the write may have read the index before it
                self._index.drop(branch)
                _refused(branch, step)

    def _write(self, branch: Branch, step: dict[str, Any]) -> None:
        if step["kind"] == "write":
            self._index.write(branch, [file_of(each, branch) for each in step["files"]], step["removed"])
        elif self._is_complete(branch, step.get("file_count", 0)):
            self._index.set_head(branch, head_of(step["head"]))
        else:
            self._objects.delete(state_key(branch))
            emit("branch-incomplete", component="index", level="warning", repository_id=branch.repository.id)

    def _is_complete(self, branch: Branch, file_count: int) -> bool:
        """Whether all files of a branch arrived. While another index serves, a head may come after changes to files
        that only the other index has; without a head here the other one goes on serving, and the next ingest sends the
        branch again.
        """
        return not self._index.is_migrating() or len(self._index.blobs(branch)) >= file_count


def _refused(branch: Branch, step: dict[str, Any]) -> None:
    emit(
        "purged-not-taken",
        component="index",
        level="warning",
        repository_id=branch.repository.id,
        chunk_count=sum(len(each["chunks"]) for each in step.get("files", ())),
    )
