"""Empties every store of a subject, reads all of them again, and signs what it saw."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from codekeep_contracts.faults import Fault

from codekeep_runtime.access.documents import Documents, changed
from codekeep_runtime.audit.signer import Signer
from codekeep_runtime.purge.holdings import Holding
from codekeep_runtime.purge.proof import Proof
from codekeep_runtime.purge.tombstones import Tombstones
from codekeep_runtime.telemetry import emit


class PurgeFault(Fault):
    """Something is left, or came back meanwhile: there is no proof. The same command goes on."""


@dataclass(frozen=True)
class Subject:
    """`id`: of the repository or the reader, 16 hex digits."""

    kind: Literal["repository", "reader"]
    id: str


@dataclass(frozen=True)
class Kept:
    """The signed proof, and where it is kept."""

    document: bytes
    where: str


class Purge:
    """Killed at any moment and run again, it comes to the same end; the counts are those before the first attempt.

    The caller holds ingest's lock meanwhile (ingest.lock.only_one), as a run in progress would write anew.

    Args:
        documents: of journals and proofs.
    """

    def __init__(self, documents: Documents, tombstones: Tombstones, signer: Signer) -> None:
        self._documents, self._tombstones, self._signer = documents, tombstones, signer

    def run(self, subject: Subject, holdings: Sequence[Holding]) -> Kept:
        """Returns the signed proof.

        Raises:
            PurgeFault: a store still holds something.
        """
        if subject.kind == "repository":
            self._tombstones.put(subject.id, datetime.now(UTC))
        started, before = self._journal(subject, holdings)
        for holding in holdings:
            holding.remove()
        after = _counted(holdings)
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
        named: dict[str, Any] = {f"{subject.kind}_id": subject.id}
        emit("purged", component="access", **named)
        return Kept(document, self._documents.where(name))

    def _journal(self, subject: Subject, holdings: Sequence[Holding]) -> tuple[str, dict[str, int]]:
        """Written before anything goes, so that an attempt after a kill still knows what there was."""
        found, counts = self._documents.read(_pending(subject)), _counted(holdings)
        if found is not None:
            told = json.loads(found.content)
            return told["started_at"], {name: max(count, told["before"].get(name, 0)) for name, count in counts.items()}
        started = datetime.now(UTC).isoformat()
        journal = json.dumps({"started_at": started, "before": counts})
        changed(self._documents, _pending(subject), lambda _: journal)
        return started, counts


def _pending(subject: Subject) -> str:
    return f"{subject.kind}-{subject.id}.pending"


def _counted(holdings: Sequence[Holding]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for holding in holdings:
        counts[holding.name] = counts.get(holding.name, 0) + holding.count()
    return counts
