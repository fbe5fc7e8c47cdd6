"""Grants, service accounts and watched files deny by default, and changes take effect within seconds."""

import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from codekeep_contracts.faults import AccessFault, SettingsFault, UsageFault
from codekeep_runtime.access import Access
from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.grants import Grant, Policy, TeamGrants
from codekeep_runtime.access.laptop import OWNER, LaptopAccess, LaptopIdentity
from codekeep_runtime.access.permissions import ConfirmedLogins, Permissions, PermissionStore
from codekeep_runtime.access.watched import watched_file
from codekeep_runtime.core.files import replace_file
from codekeep_runtime.core.reader import Reader
from codekeep_runtime.core.repository import RepositoryId

HOSTS = {"ghe": "Git.Demo.example", "gitlab": "gitlab.demo.example"}
LEDGER = RepositoryId("git.demo.example", "payments", "ledger")
INDEXED = (
    LEDGER,
    RepositoryId("git.demo.example", "payments", "cards"),
    RepositoryId("git.demo.example", "payments/deep", "vault"),
    RepositoryId("git.demo.example", "payments2", "ledger"),
    RepositoryId("gitlab.demo.example", "payments", "ledger"),
)
WITHIN_SECONDS = 5.0  # the time in which a revocation must take effect
ANN = Reader("a" * 16, "Ann", frozenset({"devs"}))


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def access(folder: Path, *grants: str, permissions: PermissionStore | None = None) -> Access:
    policy = Policy((TeamGrants("pay", "devs", tuple(Grant.parse(each, HOSTS) for each in grants)),))
    accounts = ServiceAccounts(FolderDocuments(folder))
    return Access("acme", lambda: policy, lambda: INDEXED, accounts, permissions)


@pytest.mark.parametrize(
    ("grant", "covered"),
    [
        ("ghe:payments/ledger", {0}),
        ("ghe:Payments/LEDGER", {0}),
        ("ghe:payments/*", {0, 1}),
        ("ghe:payments/deep/*", {2}),
        ("gitlab:payments/*", {4}),
        ("ghe:pay/*", set()),
        ("ghe:payments/led", set()),
    ],
)
def test_a_grant_covers_what_it_names(grant: str, covered: set[int], tmp_path: Path) -> None:
    assert access(tmp_path, grant).scope(ANN).repositories == {INDEXED[at] for at in covered}


@pytest.mark.parametrize("grant", ["svn:payments/ledger", "payments/ledger", "ghe:ledger", "ghe:*"])
def test_an_incomplete_grant_is_refused(grant: str) -> None:
    with pytest.raises(SettingsFault, match="grant"):
        Grant.parse(grant, HOSTS)


def test_a_reader_without_groups_sees_no_repositories(tmp_path: Path) -> None:
    scope = access(tmp_path, "ghe:payments/*").scope(Reader("b" * 16, "bob", frozenset({"pay", "Devs"})))
    assert (scope.team, scope.repositories) == ("", frozenset())


def test_an_expired_sign_in_sees_nothing(tmp_path: Path) -> None:
    late = Reader(ANN.id, ANN.name, ANN.groups, expires_at=time.time() - 1)
    checked = access(tmp_path, "ghe:payments/*")
    assert not checked.scope(late).repositories
    assert not checked.still_allows(late, checked.scope(ANN))


def test_a_revoked_person_has_no_access(tmp_path: Path) -> None:
    checked = access(tmp_path, "ghe:payments/*")
    scope = checked.scope(ANN)
    assert checked.still_allows(ANN, scope)
    ServiceAccounts(FolderDocuments(tmp_path)).revoke_reader(ANN.id)  # another process's
    assert within(WITHIN_SECONDS, lambda: not checked.still_allows(ANN, scope))


def test_a_service_account_reads_what_it_is_bound_to(tmp_path: Path) -> None:
    accounts, checked = ServiceAccounts(FolderDocuments(tmp_path)), access(tmp_path, "ghe:payments/*")
    ci = accounts.reader(accounts.create("ci", days=1, repositories=frozenset({LEDGER})))
    bot = accounts.reader(accounts.create("bot", days=1, team="pay"))
    assert within(WITHIN_SECONDS, lambda: bool(checked.scope(bot).repositories))
    assert checked.scope(ci).repositories == {LEDGER}
    assert checked.scope(bot).repositories == {INDEXED[0], INDEXED[1]}
    scope = checked.scope(ci)
    accounts.revoke("ci")
    assert within(WITHIN_SECONDS, lambda: not checked.still_allows(ci, scope))


def test_tokens_are_kept_as_digests_readable_by_nobody_else(tmp_path: Path) -> None:
    accounts = ServiceAccounts(FolderDocuments(tmp_path))
    token = accounts.create("ci", days=1, team="pay")
    assert token not in (tmp_path / "accounts.json").read_text()
    assert stat.S_IMODE((tmp_path / "accounts.json").stat().st_mode) == 0o600
    with pytest.raises(AccessFault):
        accounts.reader(token[:-1])


def test_an_expired_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = ServiceAccounts(FolderDocuments(tmp_path))
    token, later = accounts.create("ci", days=1, team="pay"), time.time() + 86_401
    monkeypatch.setattr("codekeep_runtime.access.accounts.time.time", lambda: later)
    with pytest.raises(AccessFault):
        accounts.reader(token)


@pytest.mark.parametrize(("days", "team"), [(0, "pay"), (367, "pay"), (1, None)])
def test_an_account_without_expiry_or_grant_is_refused(tmp_path: Path, days: int, team: str | None) -> None:
    with pytest.raises(UsageFault):
        ServiceAccounts(FolderDocuments(tmp_path)).create("ci", days=days, team=team)


def test_unconfirmed_grants_are_denied(tmp_path: Path) -> None:
    store = PermissionStore(FolderDocuments(tmp_path), stale_after_seconds=60)
    checked = access(tmp_path, "ghe:payments/*", permissions=store)
    assert not checked.scope(ANN).repositories  # permissions were never synchronised
    now = time.time()
    reported = {
        LEDGER.key: ConfirmedLogins(at=now, logins=frozenset({"ann"})),
        INDEXED[1].key: ConfirmedLogins(at=now - 61, logins=frozenset({"ann"})),  # too old to count
        INDEXED[3].key: ConfirmedLogins(at=now, logins=frozenset({"ann"})),  # confirmed, never granted
    }
    store.store(Permissions(repositories=reported))
    assert checked.scope(ANN).repositories == {LEDGER}


def test_a_broken_file_denies_until_it_is_repaired(tmp_path: Path) -> None:
    path = tmp_path / "number"
    replace_file(path, b"1")
    watched = watched_file(path, lambda each: int(each.read_text()))
    assert watched.current() == 1
    replace_file(path, b"none")
    watched.invalidate()
    with pytest.raises(AccessFault):
        watched.current()
    replace_file(path, b"2")
    watched.invalidate()
    assert watched.current() == 2
    path.unlink()
    watched.invalidate()
    with pytest.raises(AccessFault):
        watched.current()


def test_a_change_by_replacing_a_symbolic_link_is_seen(tmp_path: Path) -> None:
    """Kubernetes changes a ConfigMap by pointing a link at another folder."""
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "file").write_text(number)
    (tmp_path / "data").symlink_to("1")
    watched = watched_file(tmp_path / "data" / "file", lambda each: int(each.read_text()))
    assert watched.current() == 1
    (tmp_path / "new").symlink_to("2")
    (tmp_path / "new").rename(tmp_path / "data")
    assert within(WITHIN_SECONDS, lambda: watched.current() == 2)


def test_the_laptop_has_one_reader() -> None:
    identity, checked = LaptopIdentity(), LaptopAccess("laptop", lambda: INDEXED)
    assert identity.reader(f"Bearer {identity.token}") == OWNER
    assert checked.scope(OWNER).repositories == set(INDEXED)
    assert not checked.scope(ANN).repositories
    for header in (None, "Bearer ", f"Bearer {identity.token}x", f"Bearer {LaptopIdentity().token}", "Bearer ü"):
        with pytest.raises(AccessFault):
            identity.reader(header)
