"""Tests that every implementation of Documents must pass: a folder, and a real OpenSearch."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from codekeep_contracts.faults import AccessFault, UsageFault
from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.documents import ConflictFault, Documents, update
from codekeep_runtime.access.permissions import ConfirmedLogins, Permissions, PermissionStore
from codekeep_runtime.access.watched import watched_document
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.purge import Tombstones

from tests.runtime.access.test_access_scope import WITHIN_SECONDS, within

Open = Callable[[], Documents]  # opened again, like in another process: only stored content is shared
LEDGER = RepositoryId("git.demo.example", "payments", "ledger")
WRITERS, EACH = 3, 5


class DocumentsTests:
    """Tests of documents; a subclass provides the fixture `opened`, an Open."""

    def test_a_document_has_the_content_written_last(self, opened: Open) -> None:
        mine, others = opened(), opened()
        assert (mine.read("one.json"), mine.fingerprint("one.json")) == (None, None)
        mine.write("one.json", "größe", None)
        first, fingerprint = others.read("one.json"), others.fingerprint("one.json")
        assert first is not None
        assert first.content == "größe"
        others.write("one.json", "2", first.version)
        second = mine.read("one.json")
        assert second is not None
        assert second.content == "2"
        assert mine.fingerprint("one.json") not in (None, fingerprint)
        assert mine.read("two.json") is None

    def test_a_change_of_an_older_version_is_a_conflict(self, opened: Open) -> None:
        mine, others = opened(), opened()
        mine.write("one", "1", None)
        old = mine.read("one")
        assert old is not None
        others.write("one", "2", old.version)
        for expected in (old.version, None):
            with pytest.raises(ConflictFault, match="one was changed"):
                mine.write("one", "3", expected)
        assert mine.read("one") == others.read("one")

    def test_a_removed_document_can_be_written_again(self, opened: Open) -> None:
        documents = opened()
        documents.remove("one")
        documents.write("one", "1", None)
        fingerprint = documents.fingerprint("one")
        documents.remove("one")
        documents.remove("one")
        assert documents.read("one") is None
        documents.write("one", "1", None)
        assert documents.fingerprint("one") != fingerprint

    def test_no_change_of_concurrent_writers_is_lost(self, opened: Open) -> None:
        def write(writer: int) -> None:
            documents = opened()
            for number in range(EACH):
                update(documents, "list", lambda content, n=number: f"{content or ''}{writer}.{n} ")  # type: ignore[misc]

        with ThreadPoolExecutor(WRITERS) as threads:
            list(threads.map(write, range(WRITERS)))
        found = opened().read("list")
        assert found is not None
        every = [(writer, number) for writer in range(WRITERS) for number in range(EACH)]
        assert sorted(found.content.split()) == sorted(f"{writer}.{number}" for writer, number in every)

    def test_accounts_created_at_the_same_time_all_exist(self, opened: Open) -> None:
        def make(writer: int) -> list[str]:
            accounts = ServiceAccounts(opened())
            accounts.revoke_reader(f"{writer:016x}")
            return [accounts.create(f"ci-{writer}-{number}", days=1, team="pay") for number in range(EACH)]

        with ThreadPoolExecutor(WRITERS) as threads:
            tokens = [token for made in threads.map(make, range(WRITERS)) for token in made]
        accounts = ServiceAccounts(opened())
        assert len({accounts.reader(token).name for token in tokens}) == WRITERS * EACH
        assert all(accounts.is_revoked(f"{writer:016x}") for writer in range(WRITERS))
        with pytest.raises(UsageFault, match="exists"):
            accounts.create("ci-0-0", days=1, team="pay")

    def test_a_revocation_is_seen_by_all_processes_in_time(self, opened: Open) -> None:
        mine, others = ServiceAccounts(opened()), ServiceAccounts(opened())
        token = mine.create("ci", days=1, team="pay")
        reader = others.reader(token)
        assert within(WITHIN_SECONDS, lambda: others.account(reader.id) is not None)
        mine.revoke("ci")
        mine.revoke_reader("a" * 16)
        assert within(WITHIN_SECONDS, lambda: others.account(reader.id) is None and others.is_revoked("a" * 16))
        with pytest.raises(AccessFault):
            others.reader(token)

    def test_unparsable_content_denies(self, opened: Open) -> None:
        documents = opened()
        watched = watched_document(documents, "accounts.json", int, missing=7)
        assert watched.current() == 7
        documents.write("accounts.json", "none", None)
        assert within(WITHIN_SECONDS, lambda: _denies(watched.current))
        update(documents, "accounts.json", lambda _: "1")
        assert within(WITHIN_SECONDS, lambda: not _denies(watched.current))
        documents.remove("accounts.json")
        assert within(WITHIN_SECONDS, lambda: not _denies(watched.current) and watched.current() == 7)

    def test_permissions_are_visible_to_all_processes(self, opened: Open) -> None:
        mine, others = PermissionStore(opened()), PermissionStore(opened())
        assert not mine.exists()
        mine.change(lambda _: Permissions(repositories={}))
        assert not others.exists()  # no host was asked
        assert not others.confirmed("ann", frozenset({LEDGER}))
        mine.store(Permissions(repositories={LEDGER.key: ConfirmedLogins(at=time.time(), logins=frozenset({"ann"}))}))
        assert within(WITHIN_SECONDS, lambda: others.confirmed("Ann", frozenset({LEDGER})) == {LEDGER})
        mine.change(lambda _: Permissions(repositories={}))
        assert within(WITHIN_SECONDS, lambda: not others.confirmed("Ann", frozenset({LEDGER})))

    def test_a_tombstone_is_visible_to_all_processes_at_once(self, opened: Open) -> None:
        mine, others = Tombstones(opened()), Tombstones(opened())
        mine.add(LEDGER.id, datetime(2026, 3, 1, tzinfo=UTC))
        assert others.is_purged(LEDGER)
        others.allow(LEDGER)
        mine.check(LEDGER)


def _denies(current: Callable[[], object]) -> bool:
    try:
        current()
    except AccessFault:
        return True
    return False
