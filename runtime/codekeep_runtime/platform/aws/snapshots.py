"""Snapshots of a keep's index: where they are stored, and with which role the domain writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codekeep_contracts.faults import DataFault, SettingsFault, UsageFault
from codekeep_contracts.index_names import snapshot_role_name
from codekeep_contracts.roles import BucketRole
from codekeep_contracts.settings.document import RuntimeSettings

if TYPE_CHECKING:
    from codekeep_runtime.index.opensearch.restore import SnapshotRestore
    from codekeep_runtime.index.opensearch.snapshots import OnBytes, Snapshot, Snapshots
    from codekeep_runtime.index.opensearch.versions import Versions


@dataclass(frozen=True, kw_only=True)
class Location:
    """Overrides what follows from the settings.

    Args:
        folder: under `path.repo` of a server on this machine, instead of a bucket and a role.
    """

    bucket: str | None = None
    role_arn: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, kw_only=True)
class KeepSnapshots:
    """The snapshots of one keep, in a repository that is registered."""

    snapshots: "Snapshots"
    snapshot_restore: "SnapshotRestore"
    versions: "Versions"

    def take(self, name: str | None, on_bytes: "OnBytes") -> "Snapshot":
        """Takes a snapshot of the serving index.

        Raises:
            DataFault: no index serves yet.
            UsageFault: the name is taken.
            IndexFault: the snapshot did not complete.
        """
        serving = self.versions.served_index()
        if serving is None:
            raise DataFault(f"no index serves of {self.versions.pattern!r}; a snapshot is taken of the one that does")
        return self.snapshots.take(name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}", serving, on_bytes)


@contextmanager
def keep_snapshots(settings: RuntimeSettings, space_version: str, location: Location) -> Iterator[KeepSnapshots]:
    """Registers the repository if the domain does not know it, as after the domain was made again.

    Raises:
        UsageFault: a pooled keep's bucket and role are not given.
        SettingsFault: the settings name no bucket for snapshots.
        IndexFault: the domain refuses, as it does for everybody but its administrator.
    """
    from codekeep_runtime.index.opensearch import Store, connect
    from codekeep_runtime.index.opensearch.restore import SnapshotRestore
    from codekeep_runtime.index.opensearch.snapshots import Snapshots
    from codekeep_runtime.index.opensearch.versions import Versions

    bucket, role_arn = (None, None) if location.folder else _bucket_and_role(settings, location)
    store = Store(connect(settings.index.endpoint, settings.regions.primary))
    try:
        snapshots = Snapshots(store, f"codekeep-{settings.tenant.name}")
        if bucket is None or role_arn is None:
            snapshots.register_folder(str(location.folder))
        else:
            snapshots.register_bucket(bucket, _prefix(settings), settings.regions.primary, role_arn)
        versions = Versions(store, settings.index.prefix, space_version, settings.index.dimension)
        yield KeepSnapshots(
            snapshots=snapshots, snapshot_restore=SnapshotRestore(store, versions, snapshots), versions=versions
        )
    finally:
        store.client.close()


def snapshot_role_arn(settings: RuntimeSettings) -> str:
    """The role of a keep with its own domain."""
    partition, account = settings.index.key_arn.split(":")[1], settings.tenant.account_id
    return f"arn:{partition}:iam::{account}:role/{snapshot_role_name(settings.tenant.name)}"


def _bucket_and_role(settings: RuntimeSettings, location: Location) -> tuple[str, str]:
    if settings.tenant.tier == "pooled" and not (location.bucket and location.role_arn):
        raise UsageFault(
            "a pooled keep's index is in its platform's domain, which writes to the platform's bucket for snapshots by "
            "the platform's role: give --bucket and --role-arn"
        )
    if location.bucket is None and BucketRole.SNAPSHOTS not in settings.buckets:
        raise SettingsFault(f"buckets.{BucketRole.SNAPSHOTS} is not in the settings; give --bucket")
    bucket = location.bucket or settings.buckets[BucketRole.SNAPSHOTS].name
    return bucket, location.role_arn or snapshot_role_arn(settings)


def _prefix(settings: RuntimeSettings) -> str:
    """The keep's own in any bucket, since several keeps share a platform's."""
    bucket = settings.buckets.get(BucketRole.SNAPSHOTS)
    return bucket.prefix if bucket else f"{settings.tenant.name}/"
