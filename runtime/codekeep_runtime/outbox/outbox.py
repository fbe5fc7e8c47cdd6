"""An `IndexWriter` for pods that cannot reach the index: it puts steps into the code bucket for the indexer."""

import hashlib
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from codekeep_runtime.core import Branch, SourceFile
from codekeep_runtime.index.guard import replace_surrogates
from codekeep_runtime.index.interface import Head, IndexWriter
from codekeep_runtime.outbox.documents import branch_document, branch_of, file_document
from codekeep_runtime.outbox.objects import Objects

STEPS, STATES = "steps/", "states/"
MAX_KEYS = 10_000_000  # a bound that is never reached


class Outbox(IndexWriter):
    """One step per write, and one state per branch that records what was sent.

    A run that is killed between a step and its state sends the same step again, which changes nothing. Two runs over
    one repository at the same time may send the older commit last; the next run repairs it, since it compares with the
    state, which the last step determines.

    Args:
        version: of the pipeline that files are processed with. Files of another version are not listed, so ingest
            sends them again.
    """

    def __init__(self, objects: Objects, version: str) -> None:
        self._objects, self._version = objects, version
        self._states: dict[Branch, dict[str, Any]] = {}

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        self._send(branch, "write", files=[file_document(file) for file in files], removed=sorted(removed))
        blobs = self._state(branch)["blobs"]
        for path in removed:
            blobs.pop(path, None)
        blobs.update({file.path: file.blob for file in files})
        self._save(branch)

    def set_head(self, branch: Branch, head: Head) -> None:
        document = {"commit": head.commit, "indexed_at": head.indexed_at.isoformat()}
        file_count = len({replace_surrogates(path) for path in self._state(branch)["blobs"]})
        self._send(branch, "head", head=document, file_count=file_count)
        self._state(branch)["head"] = document
        self._save(branch)

    def head(self, branch: Branch) -> Head | None:
        found = self._state(branch)["head"]
        return head_of(found) if found else None

    def branches(self) -> Sequence[Branch]:
        """Branches that were sent; reads all states."""
        found = (self._objects.get(key) for key in self._objects.keys(STATES, limit=100_000))
        return sorted(branch_of(state["branch"]) for state in found if state)

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        return dict(self._state(branch)["blobs"])

    def drop(self, branch: Branch) -> int:
        self._send(branch, "drop")
        self._states.pop(branch, None)
        self._objects.delete(state_key(branch))
        return 0  # unknown here: the indexer deletes the chunks

    def _send(self, branch: Branch, kind: str, **more: Any) -> None:
        """Keys start with the time, so the indexer takes steps in this order."""
        key = f"{STEPS}{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        self._objects.put(key, {"kind": kind, "branch": branch_document(branch), **more})

    def _state(self, branch: Branch) -> dict[str, Any]:
        if branch not in self._states:
            found = self._objects.get(state_key(branch))
            if found is None or found["made_with"] != self._version:
                found = {"branch": branch_document(branch), "made_with": self._version, "head": None, "blobs": {}}
            self._states[branch] = found
        return self._states[branch]

    def _save(self, branch: Branch) -> None:
        self._objects.put(state_key(branch), self._state(branch))


def head_of(document: Mapping[str, str]) -> Head:
    return Head(commit=document["commit"], indexed_at=datetime.fromisoformat(document["indexed_at"]))


def state_key(branch: Branch) -> str:
    name = hashlib.blake2b(branch.name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return f"{STATES}{branch.repository.id}/{name}"
