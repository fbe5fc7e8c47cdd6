"""Snapshots in a repository of the server. Only the domain's administrator may register, take and restore."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from codekeep_contracts.faults import UsageFault
from opensearchpy import NotFoundError

from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch.store import Document, Store, faults_without_text

POLL_SECONDS = 0.5
STALL_SECONDS = 300.0  # without progress for so long it fails; the server itself would retry silently
COMPLETE, RUNNING = "SUCCESS", "IN_PROGRESS"
OnBytes = Callable[[int, int], None]  # called with the bytes copied and the total


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A snapshot as the server lists it."""

    name: str
    state: str  # SUCCESS, IN_PROGRESS, PARTIAL, FAILED, INCOMPATIBLE
    began_at: datetime
    seconds: float
    indices: tuple[str, ...]


def ignore_bytes(done: int, total: int) -> None:
    """Ignores progress."""


class Snapshots:
    """The snapshots of one repository."""

    def __init__(self, store: Store, repository: str) -> None:
        self._store, self.repository = store, repository

    def register_folder(self, location: str) -> None:
        """Registers a folder, for a server on this machine; the location is under its `path.repo`."""
        self._register({"type": "fs", "settings": {"location": location}})

    def register_bucket(self, bucket: str, prefix: str, region: str, role_arn: str) -> None:
        """Registers a keep's bucket: the domain writes with this role; the bucket's default encryption uses the keep's
        key.
        """
        location = {"bucket": bucket, "base_path": prefix.strip("/"), "region": region, "role_arn": role_arn}
        self._register({"type": "s3", "settings": location})

    def list(self) -> Sequence[Snapshot]:
        """All snapshots, the oldest first."""
        with faults_without_text():
            found = self._store.client.snapshot.get(repository=self.repository, snapshot="_all")
        return sorted(map(_snapshot, found["snapshots"]), key=lambda each: each.began_at)

    def named(self, name: str) -> Snapshot:
        """
        Raises:
            UsageFault: no snapshot has that name.
        """
        every = {each.name: each for each in self.list()}
        if name not in every:
            have = ", ".join(every) or "none"
            raise UsageFault(f"snapshot {name!r} is not in repository {self.repository!r} (there are: {have})")
        return every[name]

    def take(self, name: str, index: str, on_bytes: OnBytes = ignore_bytes) -> Snapshot:
        """Takes a snapshot of one index; returns once it is complete.

        Raises:
            UsageFault: the name is taken.
            IndexFault: the snapshot did not complete.
        """
        if name in {each.name for each in self.list()}:
            raise UsageFault(f"snapshot {name!r} is in repository {self.repository!r} already; give another name")
        with faults_without_text():
            self._store.client.snapshot.create(
                repository=self.repository, snapshot=name, body={"indices": index, "include_global_state": False}
            )
        self._wait(on_bytes, lambda: self._taken(name))
        taken = self.named(name)
        if taken.state != COMPLETE:
            raise IndexFault(f"snapshot {name!r} ended as {taken.state}, it cannot be restored; take another")
        return taken

    def copy(self, name: str, index: str, into: str, on_bytes: OnBytes = ignore_bytes) -> None:
        """Restores the index of a snapshot under a free name, without aliases; returns once it can be read.

        Raises:
            IndexFault: the copy did not complete; it was deleted again.
        """
        body = {
            "indices": index,
            "include_global_state": False,
            "include_aliases": False,
            "rename_pattern": "^.+$",
            "rename_replacement": into,
        }
        with faults_without_text():
            self._store.client.snapshot.restore(repository=self.repository, snapshot=name, body=body)
        try:
            self._wait(on_bytes, lambda: self._copied(into))
        except BaseException:
            with faults_without_text():
                self._store.client.indices.delete(index=into, params={"ignore_unavailable": "true"})
            raise

    def _register(self, body: Document) -> None:
        """Registers only what differs, since the server refuses to while a snapshot runs."""
        with faults_without_text():
            try:
                found = self._store.client.snapshot.get_repository(repository=self.repository)[self.repository]
            except NotFoundError:
                found = None
            if found is None or not _matches(found, body):
                self._store.client.snapshot.create_repository(repository=self.repository, body=body)

    def _wait(self, on_bytes: OnBytes, poll: Callable[[], tuple[bool, int, int]]) -> None:
        moved, last = time.monotonic(), -1
        while True:
            is_done, done, total = poll()
            on_bytes(done, total)
            if is_done:
                return
            if done != last:
                moved, last = time.monotonic(), done
            if time.monotonic() - moved > STALL_SECONDS:
                raise IndexFault(f"nothing was copied for {STALL_SECONDS:.0f} s; look at the domain's health")
            time.sleep(POLL_SECONDS)

    def _taken(self, name: str) -> tuple[bool, int, int]:
        with faults_without_text():
            [found] = self._store.client.snapshot.status(repository=self.repository, snapshot=name)["snapshots"]
        sizes = found["stats"]
        done = sizes.get("processed", sizes["incremental"])["size_in_bytes"]
        is_done = found["state"] not in ("INIT", "STARTED", RUNNING)
        return is_done and self.named(name).state != RUNNING, done, sizes["incremental"]["size_in_bytes"]

    def _copied(self, index: str) -> tuple[bool, int, int]:
        client = self._store.client
        with faults_without_text():
            [health] = client.cluster.health(index=index, params={"level": "indices"})["indices"].values()
            shards = client.indices.recovery(index=index).get(index, {}).get("shards", ())
        sizes = [each["index"]["size"] for each in shards if each["primary"]]
        done, total = (sum(each[name] for each in sizes) for name in ("recovered_in_bytes", "total_in_bytes"))
        return (
            health["active_primary_shards"] == health["number_of_shards"],
            done,
            total,
        )  # health is never red for a new index


def _snapshot(found: Document) -> Snapshot:
    return Snapshot(
        name=found["snapshot"],
        state=found["state"],
        began_at=datetime.fromtimestamp(found["start_time_in_millis"] / 1000, UTC),
        seconds=found.get("duration_in_millis", 0) / 1000,
        indices=tuple(found["indices"]),
    )


def _matches(found: Document, wanted: Document) -> bool:
    return bool(found["type"] == wanted["type"] and wanted["settings"].items() <= found["settings"].items())
