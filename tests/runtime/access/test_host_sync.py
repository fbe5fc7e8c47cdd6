"""Permissions from Git hosts over HTTP confirm grants; every failure denies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.github import GitHub
from codekeep_runtime.access.gitlab import GitLab
from codekeep_runtime.access.host_api import NotConfirmed, NotFoundOnHost, RateLimited
from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.access.sync import SyncResult, synchronise
from codekeep_runtime.core.repository import RepositoryId
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.runtime.gateway.serving import served

LEDGER = RepositoryId("git.demo.example", "payments", "ledger")
DEEP = RepositoryId("gitlab.demo.example", "payments/deep", "vault")


@dataclass
class GitHost:
    """A fake host with the routes of GitHub and GitLab; answers and failures can be set, and requests are recorded."""

    people: list[dict[str, Any]] = field(default_factory=list)
    full_name: str = "Payments/Ledger"
    failure: Response | None = None
    next_at: str | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v3/repos/{owner}/{name}", self._repository),
                Route("/api/v3/repos/{owner}/{name}/collaborators", self._people),
                Route("/api/v4/projects/{path:path}/members/all", self._people),
                Route("/api/v4/projects/{path:path}", self._project),
            ]
        )

    def _repository(self, request: Request) -> Response:
        if request.path_params["name"] == "renamed":
            return RedirectResponse("/api/v3/repos/payments/ledger", 301)
        return self.failure or JSONResponse({"full_name": self.full_name})

    def _project(self, request: Request) -> Response:
        assert request.scope["raw_path"].endswith(b"/payments%2Fdeep%2Fvault")
        return self.failure or JSONResponse({"id": 7, "path_with_namespace": self.full_name})

    def _people(self, request: Request) -> Response:
        self.asked.append((request.headers.get("authorization", ""), request.headers.get("if-none-match", "")))
        page = int(request.query_params.get("page", "1"))
        etag = f'"{page}-{len(self.people)}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304)
        response = JSONResponse(self.people[(page - 1) * 2 : page * 2], headers={"etag": etag})
        if page * 2 < len(self.people):
            target = self.next_at or str(request.url.include_query_params(page=page + 1))
            response.headers["link"] = f'<{target}>; rel="next", <{target}>; rel="last"'
        return response


def collaborator(login: str, pull: bool = True) -> dict[str, Any]:
    return {"login": login, "permissions": {"pull": pull}}


def member(username: str, level: int = 20, state: str = "active", expires_at: str | None = None) -> dict[str, Any]:
    return {"username": username, "access_level": level, "state": state, "expires_at": expires_at}


@pytest.fixture
def host() -> GitHost:
    return GitHost([collaborator(name) for name in ("Ann", "bob", "cyd", "dan", "eve")])


@pytest.fixture
def url(host: GitHost) -> Iterator[str]:
    with served(host.app()) as address:
        yield address


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as made:
        yield made


@pytest.fixture
def github(url: str, client: httpx.Client) -> GitHub:
    return GitHub(client, f"{url}/api/v3", "token")


@pytest.fixture
def gitlab(host: GitHost, url: str, client: httpx.Client) -> GitLab:
    host.full_name = "payments/deep/vault"
    return GitLab(client, f"{url}/api/v4", "token")


def test_github_lists_all_pages_of_collaborators_who_may_pull(host: GitHost, github: GitHub) -> None:
    host.people.append(collaborator("fay", pull=False))
    assert github.logins(LEDGER) == {"ann", "bob", "cyd", "dan", "eve"}
    assert len(host.asked) == 3
    assert host.asked[0][0] == "Bearer token"


def test_unchanged_pages_are_not_sent_again(host: GitHost, github: GitHub) -> None:
    first = github.logins(LEDGER)
    assert github.logins(LEDGER) == first
    assert all(etag for _, etag in host.asked[3:])
    host.people.pop()
    assert github.logins(LEDGER) == first - {"eve"}


def test_gitlab_lists_active_reporters(host: GitHost, gitlab: GitLab) -> None:
    host.people = [
        member("Ann"),
        member("guest", 10),
        member("blocked", 50, "blocked"),
        member("past", 30, expires_at="2020-01-01"),
        member("future", 30, expires_at="2999-01-01"),
        member("ann", 40),
    ]
    assert gitlab.logins(DEEP) == {"ann", "future"}


@pytest.mark.parametrize("full_name", ["other/ledger", "payments/ledger2", "", "payments/deep/ledger"])
def test_an_answer_about_another_repository_confirms_nothing(host: GitHost, github: GitHub, full_name: str) -> None:
    host.full_name = full_name
    with pytest.raises(NotFoundOnHost):
        github.logins(LEDGER)


def test_a_transferred_project_confirms_nothing(host: GitHost, gitlab: GitLab) -> None:
    host.full_name = "others/deep/vault"
    with pytest.raises(NotFoundOnHost):
        gitlab.logins(DEEP)


def test_a_renamed_repository_is_not_followed(github: GitHub) -> None:
    with pytest.raises(NotFoundOnHost):
        github.logins(RepositoryId(LEDGER.host, "payments", "renamed"))


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (404, {}, NotFoundOnHost),
        (403, {}, NotConfirmed),
        (401, {}, NotConfirmed),
        (500, {}, NotConfirmed),
        (200, {}, NotConfirmed),  # and no JSON
        (429, {}, RateLimited),
        (403, {"x-ratelimit-remaining": "0"}, RateLimited),
        (403, {"retry-after": "60"}, RateLimited),
    ],
)
def test_a_host_that_does_not_answer_confirms_nothing(
    host: GitHost, github: GitHub, status: int, headers: dict[str, str], fault: type[Exception]
) -> None:
    host.failure = Response("no", status, headers)
    with pytest.raises(fault) as raised:
        github.logins(LEDGER)
    assert raised.type is fault


def test_the_token_goes_to_no_other_origin(host: GitHost, github: GitHub) -> None:
    with served(GitHost(host.people).app()) as elsewhere:
        host.next_at = f"{elsewhere}/api/v3/repos/payments/ledger/collaborators?page=2"
        with pytest.raises(NotConfirmed):
            github.logins(LEDGER)


def test_an_earlier_answer_counts_until_it_is_stale(host: GitHost, github: GitHub, tmp_path: Path) -> None:
    store = PermissionStore(FolderDocuments(tmp_path), stale_after_seconds=3600)
    hosts = {LEDGER.host: github}
    foreign = RepositoryId("git.other.example", "payments", "ledger")  # the same name on a host that is not asked
    assert synchronise(store, hosts, [LEDGER, foreign]) == SyncResult(1, 1, 0)
    assert store.confirmed("ANN", frozenset({LEDGER, foreign})) == {LEDGER}
    host.failure = Response(status_code=429)
    other = RepositoryId(LEDGER.host, "payments", "cards")
    assert synchronise(store, hosts, [LEDGER, other]) == SyncResult(0, 0, 2)
    assert store.confirmed("ann", frozenset({LEDGER, other})) == {LEDGER}
    stale = PermissionStore(FolderDocuments(tmp_path), stale_after_seconds=0)
    assert not stale.confirmed("ann", frozenset({LEDGER}))
    host.failure = Response(status_code=404)
    assert synchronise(store, hosts, [LEDGER]) == SyncResult(0, 1, 0)
    assert not store.confirmed("ann", frozenset({LEDGER}))


def test_a_removed_collaborator_is_not_confirmed(host: GitHost, github: GitHub, tmp_path: Path) -> None:
    store = PermissionStore(FolderDocuments(tmp_path))
    synchronise(store, {LEDGER.host: github}, [LEDGER])
    assert store.confirmed("eve", frozenset({LEDGER}))
    host.people.pop()
    synchronise(store, {LEDGER.host: github}, [LEDGER])
    assert not store.confirmed("eve", frozenset({LEDGER}))
    assert store.confirmed("dan", frozenset({LEDGER}))
