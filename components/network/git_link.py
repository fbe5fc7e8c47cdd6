"""A private link to a customer's Git host, and the secret for the token that reads its repositories."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.settings.links import GitHostKind

from components.network.host_link import HostLink, HostLinkArgs

TOKEN_HINTS: dict[GitHostKind, str] = {
    "github-enterprise": "a GitHub App's private key, or a fine-grained token with read access to contents",
    "gitlab": "a group access token with the scope read_repository",
}


@dataclass(frozen=True, kw_only=True)
class GitLinkArgs(HostLinkArgs):
    """Readers of the token are the roles of ingest and reviewer (links.py)."""

    kind: GitHostKind


class GitLink(HostLink):
    """The link to one Git host; URLs of clones start with `url`."""

    def __init__(self, name: str, args: GitLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        credential = f"For {args.link.host}: {TOKEN_HINTS[args.kind]}"
        super().__init__("codekeep:git_link:GitLink", name, args, credential, opts)
