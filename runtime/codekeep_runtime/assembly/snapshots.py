"""Snapshots of a keep's index: where they lie, whom the domain writes them as, and which index they are of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codekeep_contracts.faults import DataFault, SettingsFault, UsageFault
from codekeep_contracts.index_names import snapshot_role_name
from codekeep_contracts.settings.document import RuntimeSettings

from codekeep_runtime.embed.space import embedding_space_version
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.index.opensearch.restoring import Restoring
    from codekeep_runtime.index.opensearch.snapshots import Snapshot, Snapshots, Told
    from codekeep_runtime.index.opensearch.versions import Versions

BUCKET = "snapshots"


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where snapshots go, as far as the settings do not say.

    Args:
        folder: under `path.repo` of a server on this machine, in place of bucket and role.
    """

    bucket: str | None = None
    role_arn: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, kw_only=True)
class KeepSnapshots:
    """Of one keep, in a repository that is registered."""

    snapshots: "Snapshots"
    restoring: "Restoring"
    versions: "Versions"

    def take(self, name: str | None, told: "Told") -> "Snapshot":
        """Of what serves.

        Raises:
            DataFault: nothing serves yet.
            UsageFault: there is a snapshot of that name.
            IndexFault: the snapshot did not become whole.
        """
        serving = self.versions.serving()
        if serving is None:
            raise DataFault(f"no index serves under {self.versions.alias!r}; a snapshot is taken of the one that does")
        return self.snapshots.take(name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}", serving, told)


@contextmanager
def keep_snapshots(place: Place, location: Location) -> Iterator[KeepSnapshots]:
    """The repository is registered where it is not yet, as in a domain that was made anew.

    Raises:
        UsageFault: the place is one machine's, or a pooled keep's bucket and role are not given.
        SettingsFault: the settings name no bucket for snapshots.
        IndexFault: the domain refuses, as to everybody but its administrator.
    """
    settings = _settings(place)
    from codekeep_runtime.index.opensearch import Store, connect
    from codekeep_runtime.index.opensearch.restoring import Restoring
    from codekeep_runtime.index.opensearch.snapshots import Snapshots
    from codekeep_runtime.index.opensearch.versions import Versions

    bucket, role_arn = (None, None) if location.folder else _bucket(settings, location)
    store = Store(connect(settings.index.endpoint, settings.regions.primary))
    try:
        snapshots = Snapshots(store, f"codekeep-{settings.tenant.name}")
        if bucket is None or role_arn is None:
            snapshots.register_folder(str(location.folder))
        else:
            snapshots.register_bucket(bucket, _prefix(settings), settings.regions.primary, role_arn)
        version = embedding_space_version(settings.model_of("embed"))
        versions = Versions(store, settings.index.prefix, version, settings.index.dimension)
        yield KeepSnapshots(snapshots=snapshots, restoring=Restoring(store, versions, snapshots), versions=versions)
    finally:
        store.client.close()


def snapshot_role_arn(settings: RuntimeSettings) -> str:
    """The role of a keep with a domain of its own."""
    partition, account = settings.index.key_arn.split(":")[1], settings.tenant.account_id
    return f"arn:{partition}:iam::{account}:role/{snapshot_role_name(settings.tenant.name)}"


def _settings(place: Place) -> RuntimeSettings:
    if place.keep is None:
        folder = place.data / place.tenant
        raise UsageFault(
            f"snapshots are of a keep's index (give --settings); here everything lies in {str(folder)!r}: stop what "
            "runs on it and copy that folder, or index again with ingest"
        )
    return place.keep


def _bucket(settings: RuntimeSettings, location: Location) -> tuple[str, str]:
    """Its name, and the role that writes to it."""
    if settings.tenant.tier == "pooled" and not (location.bucket and location.role_arn):
        raise UsageFault(
            "a pooled keep's index is in its platform's domain, which writes to the platform's bucket for snapshots by "
            "the platform's role: give --bucket and --role-arn"
        )
    if location.bucket is None and BUCKET not in settings.buckets:
        raise SettingsFault(f"buckets.{BUCKET} is not in the settings; give --bucket")
    return location.bucket or settings.buckets[BUCKET].name, location.role_arn or snapshot_role_arn(settings)


def _prefix(settings: RuntimeSettings) -> str:
    """Of the keep's own in whatever bucket: several keeps share a platform's."""
    return settings.buckets[BUCKET].prefix if BUCKET in settings.buckets else f"{settings.tenant.name}/"
