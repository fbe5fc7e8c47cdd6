"""`access sync` in a keep: from a pod that reaches Git hosts, by the code bucket, to those that serve."""

import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import UsageFault
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.host_api import NotConfirmed
from codekeep_runtime.access.permissions import Confirmed, Permissions, PermissionStore
from codekeep_runtime.assembly import syncing
from codekeep_runtime.assembly.indexing import run_worker
from codekeep_runtime.assembly.ingesting import run_ingest
from codekeep_runtime.assembly.readers import access_of
from codekeep_runtime.assembly.runtime import Runtime
from codekeep_runtime.assembly.shared import permissions_of, tombstones_of
from codekeep_runtime.core.reader import Reader
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.ingest.progress import silent
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.place import Place

from tests.runtime.cli.keep import keep_settings
from tests.runtime.keep.conftest import REGION, aws  # noqa: F401 - a fixture

HOST = "github.demo.example"
LEDGER, SHOP = (RepositoryId(HOST, "payments", name) for name in ("ledger", "shop"))


class Keep:
    """An ingest pod and an indexer of one keep, which share the bucket; documents of the index are a folder's here."""

    def __init__(self, client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = keep_settings()
        bucket = self.settings.buckets["code"].name
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.logins: dict[RepositoryId, frozenset[str]] = {LEDGER: frozenset({"ann"}), SHOP: frozenset({"bob"})}
        self.pod = Place(data=folder / "pod", settings=self.settings, embedded=False)
        self.indexer = Place(data=folder / "indexer", settings=self.settings, embedded=True)
        monkeypatch.setattr("codekeep_runtime.assembly.sources.linked", self._linked)
        monkeypatch.setattr(syncing, "GitHub", lambda *_: Host(self))
        monkeypatch.setattr(syncing, "GitLab", lambda *_: Host(self))
        monkeypatch.setattr("codekeep_runtime.keep.secrets.Secrets.text", lambda *_: "token")

    def _linked(self, _: Place) -> Any:
        return (("ghe", Source(repository=each, location="https://nowhere")) for each in (LEDGER, SHOP))

    def work(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        run_worker(self.indexer, None, is_full=False, once=True)
        signal.signal(signal.SIGTERM, before)


class Host:
    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        if repository not in self._keep.logins:
            raise NotConfirmed
        return self._keep.logins[repository]


@pytest.fixture
def keep(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keep:  # noqa: F811
    return Keep(aws("s3"), tmp_path, monkeypatch)


def confirmed(keep: Keep, login: str) -> frozenset[RepositoryId]:
    return permissions_of(keep.indexer).confirmed(login, frozenset({LEDGER, SHOP}))


def test_what_hosts_say_arrives_with_the_indexers_turn(keep: Keep) -> None:
    assert syncing.synchronised_in_keep(keep.pod).confirmed == 2
    assert not confirmed(keep, "ann")
    keep.work()
    assert (confirmed(keep, "ann"), confirmed(keep, "bob")) == ({LEDGER}, {SHOP})
    keep.logins[LEDGER] = frozenset()
    del keep.logins[SHOP]  # its host does not answer: what it said last stays
    assert syncing.synchronised_in_keep(keep.pod).failed == 1
    keep.work()
    assert (confirmed(keep, "ann"), confirmed(keep, "bob")) == (frozenset(), {SHOP})


def test_what_was_taken_is_not_taken_again(keep: Keep) -> None:
    syncing.synchronised_in_keep(keep.pod)
    intake = syncing.PermissionIntake(keep.indexer)
    assert intake.turn()
    assert not syncing.PermissionIntake(keep.indexer).turn()
    syncing.synchronised_in_keep(keep.pod)
    assert intake.turn()


def test_what_was_purged_is_left_out(keep: Keep) -> None:
    tombstones_of(keep.indexer).put(SHOP.id, datetime.now(UTC))
    syncing.synchronised_in_keep(keep.pod)
    keep.work()
    assert permissions_of(keep.indexer).last().repositories.keys() == {LEDGER.key}


def test_ingest_of_a_keep_does_not_take_a_tombstone_away(keep: Keep) -> None:
    with Runtime(keep.pod) as runtime, pytest.raises(UsageFault, match="purge --allow"):
        run_ingest(runtime, [], silent, allow_purged=True)


@pytest.mark.parametrize("age", [None, 0, 7200])
@pytest.mark.parametrize("needs_it", [True, False])
def test_the_settings_say_whether_grants_need_it(
    keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, needs_it: bool, age: float | None
) -> None:
    """Nothing confirmed, or too long ago: a grant lets nobody in where it needs it, and does where it does not."""
    settings = keep_settings(access={"confirmed_by_git_hosts": needs_it})
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    shared = FolderDocuments(tmp_path / "shared")
    monkeypatch.setattr("codekeep_runtime.assembly.shared.documents_of", lambda *_: shared)
    team = settings.access.teams[0]
    if age is not None:
        told = {LEDGER.key: Confirmed(at=time.time() - age, logins=frozenset({"ann"}))}
        PermissionStore(shared).keep(Permissions(repositories=told))
    gateway = Place(data=tmp_path, settings=settings, embedded=False, settings_path=tmp_path / "settings.json")
    reader = Reader("a" * 16, "ann", frozenset({team.group}))
    seen = access_of(gateway, lambda: [LEDGER], reader).scope(reader).repositories
    assert seen == ({LEDGER} if age == 0 or not needs_it else frozenset())
