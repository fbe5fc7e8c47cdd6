"""Who may read a project of GitLab."""

from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from codekeep_runtime.access.host_api import HostApi, NotConfirmed, NotThere
from codekeep_runtime.core.repository import RepositoryId

REPORTER = 20  # the least role that reads a private project's code


class GitLab:
    """Members, inherited and invited ones included, that are active and at least reporters.

    Args:
        base: "https://host/api/v4".
    """

    def __init__(self, client: httpx.Client, base: str, token: str) -> None:
        self._api = HostApi(client, base, {"private-token": token})

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        """Case-folded.

        Raises:
            NotThere: no project has this path now.
            NotConfirmed: GitLab did not say.
        """
        path = f"{repository.owner}/{repository.name}"
        project = self._api.one(f"/projects/{quote(path, safe='')}")
        if str(project.get("path_with_namespace", "")).casefold() != path:
            raise NotThere
        if not isinstance(project.get("id"), int):
            raise NotConfirmed
        today = datetime.now(UTC).date().isoformat()
        return frozenset(
            str(each["username"]).casefold()
            for each in self._api.all(f"/projects/{project['id']}/members/all?per_page=100")
            if each.get("username")
            and each.get("state") == "active"
            and isinstance(each.get("access_level"), int)
            and each["access_level"] >= REPORTER
            and (each.get("expires_at") is None or str(each["expires_at"]) > today)
        )
