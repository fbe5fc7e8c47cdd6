"""The repositories that the settings name, with their addresses and tokens."""

import hashlib
from collections.abc import Iterator, Sequence

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.links import GitLinkSettings

from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.git.credential import Credential
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.keep.aws import client
from codekeep_runtime.keep.secrets import Secrets
from codekeep_runtime.place import Place

HTTPS = 443


def linked(place: Place) -> Iterator[tuple[str, Source]]:
    """The name of the link, and a repository of it; those of its groups are asked of the host.

    Raises:
        SettingsFault: there are no settings, or a token's secret has no value.
        AccessFault: a token may not be read, or a host does not list a group.
    """
    if place.settings is None:
        raise SettingsFault("which repositories are taken in is in the settings: give --settings")
    secrets = Secrets(client(place.settings, "secretsmanager"))
    for link in place.settings.git_links:
        token = secrets.text(link.token_secret_arn)
        for path in _paths(link, token):
            owner, _, name = path.rpartition("/")
            address = f"https://{_authority(link)}/{path}.git"
            repository = RepositoryId(link.host, owner, name)
            yield link.name, Source(repository=repository, location=address, credential=Credential(token=token))


def of_shard(sources: Sequence[Source], shard: int, count: int) -> list[Source]:
    """By the repository's id, so that a repository stays in its shard when others come and go."""
    return [each for each in sources if _number(each.repository) % count == shard]


def _paths(link: GitLinkSettings, token: str) -> list[str]:
    """Each once, in order."""
    found = list(link.repositories)
    if link.groups:
        from codekeep_runtime.access.groups import repositories_of_groups

        found += repositories_of_groups(link, token)
    return list(dict.fromkeys(found))


def _authority(link: GitLinkSettings) -> str:
    return link.host if HTTPS in link.ports else f"{link.host}:{link.ports[0]}"


def _number(repository: RepositoryId) -> int:
    return int.from_bytes(hashlib.blake2b(repository.key.encode(), digest_size=8).digest(), "big")
