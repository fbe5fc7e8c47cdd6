"""`access sync` in a keep: permissions of Git hosts go from the ingest pod through the code bucket to the gateway."""

import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import UsageFault
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.host_api import NotConfirmed
from codekeep_runtime.access.permissions import ConfirmedLogins, Permissions, PermissionStore
from codekeep_runtime.core.reader import Reader
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.jobs.index_worker import PermissionIntake, run_worker
from codekeep_runtime.platform.aws.services import KeepServices
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.keep import KeepPlatform
from codekeep_runtime.platform.laptop import LaptopPlatform
from codekeep_runtime.platform.runtime import Runtime

from tests.runtime.cli.keep import keep_settings
from tests.runtime.platform.conftest import REGION, aws  # noqa: F401 - a fixture

HOST = "github.demo.example"
LEDGER, SHOP = (RepositoryId(HOST, "payments", name) for name in ("ledger", "shop"))


class Keep:
    """An ingest pod and an indexer of one keep, which share the bucket. Documents of the index are in a folder here."""

    def __init__(self, client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = keep_settings()
        bucket = self.settings.buckets["code"].name
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.logins: dict[RepositoryId, frozenset[str]] = {LEDGER: frozenset({"ann"}), SHOP: frozenset({"bob"})}
        self.pod = KeepPlatform(RuntimeContext(data=folder / "pod", settings=self.settings))
        self.indexer = LaptopPlatform(RuntimeContext(data=folder / "indexer", settings=self.settings))
        monkeypatch.setattr(KeepServices, "sources", lambda _: self._sources())
        monkeypatch.setattr("codekeep_runtime.access.sync.GitHub", lambda *_: Host(self))
        monkeypatch.setattr("codekeep_runtime.access.sync.GitLab", lambda *_: Host(self))
        monkeypatch.setattr("codekeep_runtime.platform.aws.secrets.Secrets.text", lambda *_: "token")

    def _sources(self) -> Any:
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
    return keep.indexer.permissions.confirmed(login, frozenset({LEDGER, SHOP}))


def test_the_next_run_of_the_indexer_applies_confirmed_permissions(keep: Keep) -> None:
    assert keep.pod.sync_permissions(list).confirmed == 2
    assert not confirmed(keep, "ann")
    keep.work()
    assert (confirmed(keep, "ann"), confirmed(keep, "bob")) == ({LEDGER}, {SHOP})
    keep.logins[LEDGER] = frozenset()
    del keep.logins[SHOP]  # its host does not answer: the last answer stays
    assert keep.pod.sync_permissions(list).failed == 1
    keep.work()
    assert (confirmed(keep, "ann"), confirmed(keep, "bob")) == (frozenset(), {SHOP})


def test_permissions_are_applied_once(keep: Keep) -> None:
    keep.pod.sync_permissions(list)
    intake = PermissionIntake(keep.indexer)
    assert intake.run_once()
    assert not PermissionIntake(keep.indexer).run_once()
    keep.pod.sync_permissions(list)
    assert intake.run_once()


def test_purged_repositories_are_removed_from_permissions(keep: Keep) -> None:
    keep.indexer.tombstones.add(SHOP.id, datetime.now(UTC))
    keep.pod.sync_permissions(list)
    keep.work()
    assert keep.indexer.permissions.latest().repositories.keys() == {LEDGER.key}


def test_ingest_in_a_keep_cannot_allow_a_purged_repository(keep: Keep) -> None:
    with Runtime(keep.pod) as runtime, pytest.raises(UsageFault, match="purge --allow"):
        runtime.ingest([], allow_purged=True)


@pytest.mark.parametrize("age", [None, 0, 7200])
@pytest.mark.parametrize("needs_it", [True, False])
def test_the_settings_decide_whether_grants_need_a_confirmation(
    keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, needs_it: bool, age: float | None
) -> None:
    """A grant without a recent confirmation gives access only if the settings do not require one."""
    settings = keep_settings(access={"confirmed_by_git_hosts": needs_it})
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    shared = FolderDocuments(tmp_path / "shared")
    monkeypatch.setattr(KeepPlatform, "documents", lambda *_: shared)
    team = settings.access.teams[0]
    if age is not None:
        reported = {LEDGER.key: ConfirmedLogins(at=time.time() - age, logins=frozenset({"ann"}))}
        PermissionStore(shared).store(Permissions(repositories=reported))
    gateway = KeepPlatform(RuntimeContext(data=tmp_path, settings=settings, settings_path=tmp_path / "settings.json"))
    reader = Reader("a" * 16, "ann", frozenset({team.group}))
    seen = gateway.access(lambda: [LEDGER], reader).scope(reader).repositories
    assert seen == ({LEDGER} if age == 0 or not needs_it else frozenset())
