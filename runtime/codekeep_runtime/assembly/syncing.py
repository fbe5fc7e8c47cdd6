"""Asks the Git hosts who may read what, and brings what they said to those that serve."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from codekeep_contracts.faults import SettingsFault

from codekeep_runtime.access.documents import changed
from codekeep_runtime.access.github import GitHub
from codekeep_runtime.access.gitlab import GitLab
from codekeep_runtime.access.permissions import Permissions, PermissionStore
from codekeep_runtime.access.sync import Confirming, Host, Synced, synchronise
from codekeep_runtime.assembly.shared import ACCESS, documents_of, permissions_of, tombstones_of
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.place import Place
from codekeep_runtime.telemetry import emit

if TYPE_CHECKING:
    from codekeep_runtime.outbox.permissions import HandedOn

ASK_SECONDS = 30.0
TAKEN = "permissions.taken"  # which of those that were handed on was taken last


def synchronised(place: Place, indexed: Iterable[RepositoryId]) -> Synced:
    """In one process: about what is indexed here, for who serves here.

    Raises:
        SettingsFault: there are no settings.
    """
    return _asked(place, permissions_of(place), indexed)


def synchronised_in_keep(place: Place) -> Synced:
    """In a pod that reaches Git hosts and not the index: about what the settings' links name, for the indexer to take.

    Raises:
        SettingsFault: there are no settings, or they name no bucket for code.
        AccessFault: a host does not list a group.
    """
    from codekeep_runtime.assembly.sources import linked

    repositories = {source.repository: None for _, source in linked(place)}
    return _asked(place, handed_on(place), repositories)


def handed_on(place: Place) -> "HandedOn":
    from codekeep_runtime.assembly.stores import code_bucket
    from codekeep_runtime.outbox.permissions import FOLDER, HandedOn

    return HandedOn(code_bucket(place, FOLDER))


class PermissionIntake:
    """The indexer's side: opened once, as it looks every few seconds."""

    def __init__(self, place: Place) -> None:
        self._handed, self._tombstones = handed_on(place), tombstones_of(place)
        self._documents = documents_of(place, ACCESS)
        self._permissions = PermissionStore(self._documents)

    def turn(self) -> bool:
        """Whether there was something newer: it is what counts from now on. What was purged is left out of it.

        What was taken before is remembered beside it: what a purge took out does not come back with a new pod.
        """
        version, taken = self._handed.version(), self._documents.read(TAKEN)
        if version is None or (taken is not None and taken.content == version):
            return False
        told = self._handed.last().repositories
        kept = {key: each for key, each in told.items() if not self._tombstones.is_put(RepositoryId.parse(key))}
        self._permissions.keep(Permissions(repositories=kept))
        changed(self._documents, TAKEN, lambda _: version)
        emit("permissions-taken", component="index")
        return True


def _asked(place: Place, store: Confirming, repositories: Iterable[RepositoryId]) -> Synced:
    import httpx

    from codekeep_runtime.keep.aws import client
    from codekeep_runtime.keep.secrets import Secrets

    if place.settings is None:
        raise SettingsFault("which Git hosts are asked is in the settings: give --settings")
    secrets = Secrets(client(place.settings, "secretsmanager"))
    with httpx.Client(timeout=ASK_SECONDS, trust_env=False) as http:
        hosts: dict[str, Host] = {}
        for link in place.settings.git_links:
            token = secrets.text(link.token_secret_arn)
            is_gitlab = link.kind == "gitlab"
            hosts[link.host.casefold()] = (
                GitLab(http, f"https://{link.host}/api/v4", token)
                if is_gitlab
                else GitHub(http, f"https://{link.host}/api/v3", token)
            )
        return synchronise(store, hosts, repositories)
