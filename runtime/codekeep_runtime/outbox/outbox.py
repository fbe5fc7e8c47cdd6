"""What ingest writes to where it cannot reach the index: steps in the code bucket, which the indexer takes in order."""

import hashlib
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.repository import Branch
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.index.interface import Head, Vector
from codekeep_runtime.outbox.bucket import Bucket
from codekeep_runtime.outbox.documents import branch_document, branch_of, file_document

STEPS, STATES = "steps/", "states/"


class Outbox:
    """The half of index.interface.Index that ingest writes by.

    A state for each branch tells what was handed on. Killed between a step and its state, the next run hands the same
    on again, which changes nothing. Two runs over one repository at a time could hand on the older commit last; the
    next run mends it, as it compares with the state, and the state goes with the last step.

    Args:
        made_with: versions that files are made with; what others made is not listed, and so handed on anew.
    """

    def __init__(self, bucket: Bucket, made_with: str) -> None:
        self._bucket, self._made_with = bucket, made_with
        self._states: dict[Branch, dict[str, Any]] = {}

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        self._step(branch, "write", files=[file_document(file) for file in files], removed=sorted(removed))
        blobs = self._state(branch)["blobs"]
        for path in removed:
            blobs.pop(path, None)
        blobs.update({file.path: file.blob for file in files})
        self._keep(branch)

    def set_head(self, branch: Branch, head: Head) -> None:
        document = {"commit": head.commit, "indexed_at": head.indexed_at.isoformat()}
        self._step(branch, "head", head=document)
        self._state(branch)["head"] = document
        self._keep(branch)

    def head(self, branch: Branch) -> Head | None:
        found = self._state(branch)["head"]
        return found and Head(commit=found["commit"], indexed_at=datetime.fromisoformat(found["indexed_at"]))

    def branches(self) -> Sequence[Branch]:
        """Those that are handed on; one pass over all states."""
        found = (self._bucket.get(key) for key in self._bucket.keys(STATES, most=100_000))
        return sorted(branch_of(state["branch"]) for state in found if state)

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        return dict(self._state(branch)["blobs"])

    def drop(self, branch: Branch) -> int:
        self._step(branch, "drop")
        self._states.pop(branch, None)
        self._bucket.delete(_state_key(branch))
        return 0

    def unembedded(self, limit: int) -> Sequence[Chunk]:
        """None here: the indexer embeds."""
        del limit
        return ()

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        raise AssertionError("nothing is embedded on this side")

    def digest(self) -> str:
        """Over what was handed on: branches, paths and blobs."""
        told = [(branch.repository.key, branch.name, sorted(self.blobs(branch).items())) for branch in self.branches()]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def close(self) -> None:
        self._states.clear()

    def _step(self, branch: Branch, kind: str, **more: Any) -> None:
        """Named by the time, so that they are taken in this order."""
        key = f"{STEPS}{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        self._bucket.put(key, {"kind": kind, "branch": branch_document(branch), **more})

    def _state(self, branch: Branch) -> dict[str, Any]:
        if branch not in self._states:
            found = self._bucket.get(_state_key(branch))
            if found is None or found["made_with"] != self._made_with:
                found = {"branch": branch_document(branch), "made_with": self._made_with, "head": None, "blobs": {}}
            self._states[branch] = found
        return self._states[branch]

    def _keep(self, branch: Branch) -> None:
        self._bucket.put(_state_key(branch), self._state(branch))


def _state_key(branch: Branch) -> str:
    name = hashlib.blake2b(branch.name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return f"{STATES}{branch.repository.id}/{name}"
