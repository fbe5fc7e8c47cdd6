"""Asks GitHub Enterprise who may read a repository, and which repositories an organisation has."""

from urllib.parse import quote

import httpx

from codekeep_runtime.access.host_api import HostApi, NotFoundOnHost
from codekeep_runtime.core import RepositoryId


class GitHub:
    """A client of GitHub Enterprise (see sync.Host). Collaborators are direct ones, members of teams, and members by
    the organisation's default.

    Args:
        base: "https://host/api/v3".
    """

    def __init__(self, client: httpx.Client, base: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        self._api = HostApi(client, base, headers)

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        """A moved repository is found under its new name only."""
        path = f"/repos/{quote(repository.owner, safe='')}/{quote(repository.name, safe='')}"
        full_name = str(self._api.get(path).get("full_name", ""))
        if full_name.casefold() != f"{repository.owner}/{repository.name}":
            raise NotFoundOnHost
        people = self._api.get_all(f"{path}/collaborators?affiliation=all&per_page=100")
        return frozenset(
            str(each["login"]).casefold()
            for each in people
            if each.get("login") and isinstance(each.get("permissions"), dict) and each["permissions"].get("pull")
        )

    def repositories(self, group: str) -> list[str]:
        found = self._api.get_all(f"/orgs/{quote(group, safe='')}/repos?per_page=100")
        return [str(each["full_name"]) for each in found if not each.get("archived")]
