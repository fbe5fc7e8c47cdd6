"""Deletes a subject from every store, counts again what each store contains, and signs both counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from codekeep_contracts.faults import Fault

from codekeep_runtime.access.documents import Documents, update
from codekeep_runtime.audit.signer import Signer
from codekeep_runtime.purge.proof import Proof
from codekeep_runtime.purge.targets import PurgeTarget
from codekeep_runtime.purge.tombstones import Tombstones
from codekeep_runtime.telemetry import emit


class PurgeFault(Fault):
    """Something is left or came back meanwhile, so there is no proof. The same command continues."""


@dataclass(frozen=True)
class Subject:
    """`id` of the repository or the reader: 16 hex digits."""

    kind: Literal["repository", "reader"]
    id: str


@dataclass(frozen=True)
class StoredProof:
    document: bytes
    location: str


class Purge:
    """Killed at any moment and run again, it reaches the same end with the counts of the first attempt.

    The caller must have ingest's lock (ingest.lock.ingest_lock), since a run in progress would write again.

    Args:
        documents: journals and proofs.
    """

    def __init__(self, documents: Documents, tombstones: Tombstones, signer: Signer) -> None:
        self._documents, self._tombstones, self._signer = documents, tombstones, signer

    def run(self, subject: Subject, targets: Sequence[PurgeTarget]) -> StoredProof:
        """
        Raises:
            PurgeFault: a store still contains something.
        """
        if subject.kind == "repository":
            self._tombstones.add(subject.id, datetime.now(UTC))
        started, before = self._journal(subject, targets)
        for target in targets:
            target.remove()
        after = _counts(targets)
        if left := sorted(name for name, count in after.items() if count):
            raise PurgeFault(f"something is left in {', '.join(left)}; stop what writes there and purge again")
        finished = datetime.now(UTC)
        proof = Proof(
            subject_kind=subject.kind,
            subject_id=subject.id,
            started_at=started,
            finished_at=finished.isoformat(),
            before=before,
            after=after,
        )
        document, name = proof.signed(self._signer), f"{subject.kind}-{subject.id}-{finished:%Y%m%dT%H%M%S%f}.json"
        self._documents.write(name, document.decode(), None)
        self._documents.remove(_pending(subject))
        fields: dict[str, Any] = {f"{subject.kind}_id": subject.id}
        emit("purged", component="access", **fields)
        return StoredProof(document, self._documents.location(name))

    def _journal(self, subject: Subject, targets: Sequence[PurgeTarget]) -> tuple[str, dict[str, int]]:
        """Written before anything is deleted, so that an attempt after a kill knows what there was."""
        found, counts = self._documents.read(_pending(subject)), _counts(targets)
        if found is not None:
            first = json.loads(found.content)
            before = {name: max(count, first["before"].get(name, 0)) for name, count in counts.items()}
            return first["started_at"], before
        started = datetime.now(UTC).isoformat()
        journal = json.dumps({"started_at": started, "before": counts})
        update(self._documents, _pending(subject), lambda _: journal)
        return started, counts


def _pending(subject: Subject) -> str:
    return f"{subject.kind}-{subject.id}.pending"


def _counts(targets: Sequence[PurgeTarget]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for target in targets:
        counts[target.name] = counts.get(target.name, 0) + target.count()
    return counts
