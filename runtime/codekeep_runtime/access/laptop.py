"""Access rules of a laptop: a token for loopback, and everything that its owner indexed."""

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from codekeep_contracts.faults import AccessFault
from pydantic import TypeAdapter

from codekeep_runtime.access.watched import WatchedValue, watched_file
from codekeep_runtime.core import Reader, RepositoryId, Scope

Grants = Mapping[str, frozenset[RepositoryId]]
OWNER = Reader("0" * 16, "local", frozenset())


class LaptopIdentity:
    """A random `token`, new with every start and printed by `serve`, signs in as `reader`."""

    def __init__(self, reader: Reader = OWNER) -> None:
        self._reader = reader
        self.token = "ckl_" + secrets.token_urlsafe(32)

    def reader(self, authorization: str | None) -> Reader:
        """
        Raises:
            AccessFault: another token, or none.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise AccessFault("sign-in is needed")
        return self._reader


class LaptopAccess:
    """Replaces Access where there are no settings: the owner sees everything indexed, others what a file lists.

    Args:
        readers: a JSON object, user name → list of `host/owner/name`; read again when it changes.
    """

    def __init__(self, tenant: str, indexed: Callable[[], Iterable[RepositoryId]], readers: Path | None = None) -> None:
        self._tenant, self._indexed = tenant, indexed
        self._readers: WatchedValue[Grants] | None = watched_file(readers, _grants, missing={}) if readers else None

    def scope(self, reader: Reader) -> Scope:
        """The reader's scope: empty for a reader who is not listed, and for all but the owner while the file cannot be
        read.
        """
        indexed = frozenset(self._indexed())
        return Scope(self._tenant, reader.id, "", indexed if reader == OWNER else indexed & self._listed(reader))

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        if scope.reader_id != reader.id:
            return False
        return reader == OWNER or (bool(scope.repositories) and scope.repositories <= self._listed(reader))

    def _listed(self, reader: Reader) -> frozenset[RepositoryId]:
        try:
            return self._readers.current().get(reader.name, frozenset()) if self._readers else frozenset()
        except AccessFault:
            return frozenset()


def _grants(path: Path) -> Grants:
    listed = TypeAdapter(dict[str, list[str]]).validate_json(path.read_bytes())
    return {name: frozenset(RepositoryId.parse(key) for key in keys) for name, keys in listed.items()}
