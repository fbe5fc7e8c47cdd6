"""The repositories of a group, as its Git host lists them with the keep's token."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.host_api import HostApi, NotConfirmed, NotThere

if TYPE_CHECKING:
    import httpx
    from codekeep_contracts.settings.links import GitLinkSettings

TIMEOUT_SECONDS = 30.0


def repositories_of_groups(link: "GitLinkSettings", token: str) -> list[str]:
    """`owner/name` of what stands directly in the link's groups and is not archived.

    Raises:
        AccessFault: the host does not list a group: it is not there, or the token may not see it.
    """
    import httpx

    with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        return [
            path for group in link.groups for path in listed(client, f"https://{link.host}", link.kind, group, token)
        ]


def listed(client: "httpx.Client", origin: str, kind: str, group: str, token: str) -> list[str]:
    """Of one group; subgroups are named by their own line, as in a grant."""
    try:
        if kind == "gitlab":
            api = HostApi(client, f"{origin}/api/v4", {"private-token": token})
            query = f"/groups/{quote(group, safe='')}/projects?archived=false&include_subgroups=false&per_page=100"
            return [str(each["path_with_namespace"]) for each in api.all(query)]
        accept = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        api = HostApi(client, f"{origin}/api/v3", accept)
        found = api.all(f"/orgs/{quote(group, safe='')}/repos?per_page=100")
        return [str(each["full_name"]) for each in found if not each.get("archived")]
    except (NotThere, NotConfirmed, KeyError):
        raise AccessFault(f"group {group!r} is not listed by its Git host; is the token allowed to read it?") from None
