"""Copies in a snapshot repository of the server's. Only the domain's administrator may register, take and restore."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from codekeep_contracts.faults import UsageFault
from opensearchpy import NotFoundError

from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch.store import Document, Store, faults_without_text

POLL_SECONDS = 0.5
STALL_SECONDS = 300.0  # nothing copied for so long is an error: the server tries again in silence
WHOLE, RUNNING = "SUCCESS", "IN_PROGRESS"
Told = Callable[[int, int], None]  # bytes copied, of how many


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One, as the server lists it."""

    name: str
    state: str  # SUCCESS, IN_PROGRESS, PARTIAL, FAILED, INCOMPATIBLE
    began_at: datetime
    seconds: float
    indices: tuple[str, ...]


def untold(done: int, total: int) -> None:
    """Nobody looks."""


class Snapshots:
    """Of one repository by its name."""

    def __init__(self, store: Store, repository: str) -> None:
        self._store, self.repository = store, repository

    def register_folder(self, location: str) -> None:
        """For a server on this machine; the location lies under its `path.repo`."""
        self._register({"type": "fs", "settings": {"location": location}})

    def register_bucket(self, bucket: str, prefix: str, region: str, role_arn: str) -> None:
        """For a keep: the domain writes by this role; the bucket encrypts with the keep's key by default."""
        place = {"bucket": bucket, "base_path": prefix.strip("/"), "region": region, "role_arn": role_arn}
        self._register({"type": "s3", "settings": place})

    def list(self) -> Sequence[Snapshot]:
        """All of the repository, the oldest first."""
        with faults_without_text():
            found = self._store.client.snapshot.get(repository=self.repository, snapshot="_all")
        return sorted(map(_snapshot, found["snapshots"]), key=lambda each: each.began_at)

    def named(self, name: str) -> Snapshot:
        """
        Raises:
            UsageFault: there is none of that name.
        """
        every = {each.name: each for each in self.list()}
        if name not in every:
            have = ", ".join(every) or "none"
            raise UsageFault(f"snapshot {name!r} is not in repository {self.repository!r} (there are: {have})")
        return every[name]

    def take(self, name: str, index: str, told: Told = untold) -> Snapshot:
        """Of one index by its full name; returns once it is whole.

        Raises:
            UsageFault: there is one of that name.
            IndexFault: it did not become whole.
        """
        if name in {each.name for each in self.list()}:
            raise UsageFault(f"snapshot {name!r} is in repository {self.repository!r} already; give another name")
        with faults_without_text():
            self._store.client.snapshot.create(
                repository=self.repository, snapshot=name, body={"indices": index, "include_global_state": False}
            )
        self._follow(told, lambda: self._taken(name))
        taken = self.named(name)
        if taken.state != WHOLE:
            raise IndexFault(f"snapshot {name!r} ended as {taken.state}, it cannot be restored; take another")
        return taken

    def copy(self, name: str, index: str, into: str, told: Told = untold) -> None:
        """The index of a snapshot under a name that is free, without aliases; returns once it can be read.

        Raises:
            IndexFault: it does not get whole; what there is of it is gone again.
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
            self._follow(told, lambda: self._copied(into))
        except BaseException:
            with faults_without_text():
                self._store.client.indices.delete(index=into, params={"ignore_unavailable": "true"})
            raise

    def _register(self, body: Document) -> None:
        """Only where it differs: the server refuses it while a snapshot runs."""
        with faults_without_text():
            try:
                found = self._store.client.snapshot.get_repository(repository=self.repository)[self.repository]
            except NotFoundError:
                found = None
            if found is None or not _says(found, body):
                self._store.client.snapshot.create_repository(repository=self.repository, body=body)

    def _follow(self, told: Told, look: Callable[[], tuple[bool, int, int]]) -> None:
        moved, last = time.monotonic(), -1
        while True:
            is_done, done, total = look()
            told(done, total)
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
        return health["active_primary_shards"] == health["number_of_shards"], done, total  # a new one is never red


def _snapshot(found: Document) -> Snapshot:
    return Snapshot(
        name=found["snapshot"],
        state=found["state"],
        began_at=datetime.fromtimestamp(found["start_time_in_millis"] / 1000, UTC),
        seconds=found.get("duration_in_millis", 0) / 1000,
        indices=tuple(found["indices"]),
    )


def _says(found: Document, wanted: Document) -> bool:
    return bool(found["type"] == wanted["type"] and wanted["settings"].items() <= found["settings"].items())
