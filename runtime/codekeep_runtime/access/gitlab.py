"""Asks GitLab who may read a project, and which projects a group has."""

from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from codekeep_runtime.access.host_api import HostApi, NotConfirmed, NotFoundOnHost
from codekeep_runtime.core import RepositoryId

REPORTER = 20  # the lowest role that reads the code of a private project


class GitLab:
    """A client of GitLab (see sync.Host). Members are active and at least reporters; inherited and invited ones count.

    Args:
        base: "https://host/api/v4".
    """

    def __init__(self, client: httpx.Client, base: str, token: str) -> None:
        self._api = HostApi(client, base, {"private-token": token})

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        path = f"{repository.owner}/{repository.name}"
        project = self._api.get(f"/projects/{quote(path, safe='')}")
        if str(project.get("path_with_namespace", "")).casefold() != path:
            raise NotFoundOnHost
        if not isinstance(project.get("id"), int):
            raise NotConfirmed
        today = datetime.now(UTC).date().isoformat()
        return frozenset(
            str(each["username"]).casefold()
            for each in self._api.get_all(f"/projects/{project['id']}/members/all?per_page=100")
            if each.get("username")
            and each.get("state") == "active"
            and isinstance(each.get("access_level"), int)
            and each["access_level"] >= REPORTER
            and (each.get("expires_at") is None or str(each["expires_at"]) > today)
        )

    def repositories(self, group: str) -> list[str]:
        query = f"/groups/{quote(group, safe='')}/projects?archived=false&include_subgroups=false&per_page=100"
        return [str(each["path_with_namespace"]) for each in self._api.get_all(query)]
