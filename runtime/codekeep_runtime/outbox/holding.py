"""What the outbox holds of a repository, for a purge: what was handed on, and what waits for the indexer."""

from collections.abc import Iterator
from dataclasses import dataclass

from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.outbox.bucket import Bucket
from codekeep_runtime.outbox.documents import branch_of
from codekeep_runtime.outbox.outbox import STATES, STEPS

EVERY = 10_000_000


@dataclass(frozen=True)
class InOutbox:
    """See purge.holdings.Holding."""

    bucket: Bucket
    repository: RepositoryId
    name: str = "outbox"

    def count(self) -> int:
        return sum(1 for _ in self._keys())

    def remove(self) -> None:
        for key in list(self._keys()):
            self.bucket.delete(key)

    def _keys(self) -> Iterator[str]:
        yield from self.bucket.keys(f"{STATES}{self.repository.id}/", EVERY)
        for key in self.bucket.keys(STEPS, EVERY):
            step = self.bucket.get(key)
            if step is not None and branch_of(step["branch"]).repository == self.repository:
                yield key
