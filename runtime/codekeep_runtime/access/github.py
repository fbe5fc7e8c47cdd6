"""Who may read a repository of GitHub Enterprise."""

from urllib.parse import quote

import httpx

from codekeep_runtime.access.host_api import HostApi, NotThere
from codekeep_runtime.core.repository import RepositoryId


class GitHub:
    """Collaborators as GitHub counts them: direct ones, teams' members, and those by the organisation's default.

    Args:
        base: "https://host/api/v3".
    """

    def __init__(self, client: httpx.Client, base: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        self._api = HostApi(client, base, headers)

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        """Case-folded.

        Raises:
            NotThere: no repository has this owner and name now (moved ones are under their new name only).
            NotConfirmed: GitHub did not say.
        """
        path = f"/repos/{quote(repository.owner, safe='')}/{quote(repository.name, safe='')}"
        full_name = str(self._api.one(path).get("full_name", ""))
        if full_name.casefold() != f"{repository.owner}/{repository.name}":
            raise NotThere
        people = self._api.all(f"{path}/collaborators?affiliation=all&per_page=100")
        return frozenset(
            str(each["login"]).casefold()
            for each in people
            if each.get("login") and isinstance(each.get("permissions"), dict) and each["permissions"].get("pull")
        )
