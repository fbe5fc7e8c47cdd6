"""An index from a snapshot in place of the one that serves, which readers do not notice before it is whole."""

from collections.abc import Collection
from dataclasses import dataclass

from codekeep_contracts.faults import DataFault

from codekeep_runtime.core.repository import Branch
from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch.branches import branches_of, remove_branch
from codekeep_runtime.index.opensearch.forgetting import forget_removed
from codekeep_runtime.index.opensearch.snapshots import WHOLE, Snapshots, Told, untold
from codekeep_runtime.index.opensearch.store import Store
from codekeep_runtime.index.opensearch.versions import Versions


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What serves now, and what of the snapshot does not."""

    index: str
    branches: int
    left_out: tuple[Branch, ...]


class Restoring:
    """Nothing may write to the index meanwhile. Killed at any moment, the same call again ends what was begun."""

    def __init__(self, store: Store, versions: Versions, snapshots: Snapshots) -> None:
        self._store, self._versions, self._snapshots = store, versions, snapshots

    def restore(self, name: str, told: Told = untold, *, with_removed: bool = False) -> Restored:
        """Copied beside the own index, which serves until the copy does; the copy serves until the own is anew.

        Args:
            with_removed: brings back branches that have left since; without it, what was purged stays away. Where
                nothing serves, nobody knows what has left: all come back.

        Raises:
            UsageFault: there is no such snapshot.
            DataFault: it is not whole, or of another schema or embedder.
        """
        own = self._versions.own
        self._check(name)
        served = self._versions.served(fresh=True)
        kept = None if with_removed or not served else self._kept()
        if own in served:
            self._fill(self._versions.beside, name, kept, told)
            self._versions.publish(self._versions.beside)
        left_out = self._fill(own, name, kept, told)
        self._versions.publish(own)
        self._versions.discard([self._versions.beside])
        if left_out:
            forget_removed(self._store, own)
        return Restored(index=own, branches=len(branches_of(self._store, own)), left_out=left_out)

    def _check(self, name: str) -> None:
        found = self._snapshots.named(name)
        if found.state != WHOLE:
            raise DataFault(f"snapshot {name!r} is {found.state}, only one that is {WHOLE} can be restored")
        if self._versions.own not in found.indices:
            raise DataFault(
                f"snapshot {name!r} is of {', '.join(found.indices) or 'nothing'}, and this release with this embedder "
                f"reads {self._versions.own}; restore with the release it is of, or index anew: index-worker --full"
            )

    def _kept(self) -> set[Branch]:
        try:
            return branches_of(self._store, self._versions.alias)
        except IndexFault as fault:
            raise IndexFault(
                f"{fault}: what serves cannot tell which branches have left since the snapshot and are to stay away; "
                "--with-removed brings back everything, purged repositories too"
            ) from None

    def _fill(self, index: str, name: str, kept: Collection[Branch] | None, told: Told) -> tuple[Branch, ...]:
        """An index that does not serve, anew. What is not kept is gone before anybody can read it."""
        self._versions.discard([index])
        self._snapshots.copy(name, self._versions.own, index, told)
        left_out = () if kept is None else tuple(sorted(branches_of(self._store, index) - set(kept)))
        for branch in left_out:
            remove_branch(self._store, index, branch)
        return left_out
