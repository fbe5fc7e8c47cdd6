"""Replaces the serving index by a snapshot without a moment in which readers see an incomplete one."""

from collections.abc import Collection
from dataclasses import dataclass

from codekeep_contracts.faults import DataFault

from codekeep_runtime.core import Branch
from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch.branches import branches_of, remove_branch
from codekeep_runtime.index.opensearch.expunge import expunge_deleted
from codekeep_runtime.index.opensearch.snapshots import COMPLETE, OnBytes, Snapshots, ignore_bytes
from codekeep_runtime.index.opensearch.store import Store
from codekeep_runtime.index.opensearch.versions import Versions


@dataclass(frozen=True, kw_only=True)
class RestoreResult:
    """The index that serves now, and the branches of the snapshot that were not restored."""

    index: str
    branches: int
    skipped: tuple[Branch, ...]


class SnapshotRestore:
    """Restores a snapshot. Nothing may write to the index meanwhile. After a kill at any moment the same call finishes
    the work.
    """

    def __init__(self, store: Store, versions: Versions, snapshots: Snapshots) -> None:
        self._store, self._versions, self._snapshots = store, versions, snapshots

    def restore(self, name: str, on_bytes: OnBytes = ignore_bytes, *, with_removed: bool = False) -> RestoreResult:
        """Copies the snapshot beside the own index, which serves until the copy does; then rebuilds the own index.

        Args:
            with_removed: also restores branches that were removed since, purged ones too. If nothing serves, nobody
                knows what was removed, and all branches are restored.

        Raises:
            UsageFault: there is no such snapshot.
            DataFault: it is incomplete, or of another schema version or embedder.
        """
        own = self._versions.own
        self._check(name)
        served = self._versions.served_index(fresh=True)
        kept = None if with_removed or served is None else self._branches_in_use(served)
        if own == served:
            self._fill(self._versions.beside, name, kept, on_bytes)
            self._versions.publish(self._versions.beside)
        skipped = self._fill(own, name, kept, on_bytes)
        self._versions.publish(own)
        self._versions.discard([self._versions.beside])
        if skipped:
            expunge_deleted(self._store, own)
        return RestoreResult(index=own, branches=len(branches_of(self._store, own)), skipped=skipped)

    def _check(self, name: str) -> None:
        found = self._snapshots.named(name)
        if found.state != COMPLETE:
            raise DataFault(f"snapshot {name!r} is {found.state}, only one that is {COMPLETE} can be restored")
        if self._versions.own not in found.indices:
            raise DataFault(
                f"snapshot {name!r} is of {', '.join(found.indices) or 'nothing'}, and this release with this embedder "
                f"reads {self._versions.own}; restore with that release, or rebuild the index: index-worker --full"
            )

    def _branches_in_use(self, served: str) -> set[Branch]:
        try:
            return branches_of(self._store, served)
        except IndexFault as fault:
            raise IndexFault(
                f"{fault}: so it is unknown which branches were removed since the snapshot; --with-removed restores "
                "all of them, purged repositories too"
            ) from None

    def _fill(self, index: str, name: str, kept: Collection[Branch] | None, on_bytes: OnBytes) -> tuple[Branch, ...]:
        """Makes an index that does not serve from the snapshot, and removes branches that are not kept."""
        self._versions.discard([index])
        self._snapshots.copy(name, self._versions.own, index, on_bytes)
        skipped = () if kept is None else tuple(sorted(branches_of(self._store, index) - set(kept)))
        for branch in skipped:
            remove_branch(self._store, index, branch)
        return skipped
