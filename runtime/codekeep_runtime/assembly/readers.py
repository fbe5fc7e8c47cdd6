"""Who reads, and what lets them: the settings' teams in a keep, a file of readers on a laptop."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.settings.document import RuntimeSettings, load_settings

from codekeep_runtime.access.access import Access
from codekeep_runtime.access.grants import Policy
from codekeep_runtime.access.identity import Identity, reader_id
from codekeep_runtime.access.keys import FetchedKeys, PinnedKeys
from codekeep_runtime.access.laptop import OWNER, LaptopAccess, LaptopIdentity
from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.access.watched import watched_file
from codekeep_runtime.assembly.shared import accounts_of, permissions_of
from codekeep_runtime.core.reader import Reader
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.gateway import services
from codekeep_runtime.place import Place

Indexed = Callable[[], Iterable[RepositoryId]]
COMMAND_LINE = "command-line"  # stands for the issuer of readers that `--as` names


def laptop_readers(place: Place) -> Path:
    """Users of a laptop and the repositories that `--as` shows them."""
    return place.folder("access") / "readers.json"


def reader_of(place: Place, user: str | None, teams: Sequence[str]) -> Reader:
    """Whom a command reads as.

    Raises:
        UsageFault: a team that the settings do not have, teams without a user, or no user where a keep asks for one.
    """
    if user is not None:
        groups = frozenset(_group(place.settings, team) for team in teams)
        return Reader(reader_id(COMMAND_LINE, user), user, groups)
    if teams:
        raise UsageFault("--team says which teams --as USER is in: give both")
    if not place.embedded:
        raise UsageFault("in a keep everybody reads as somebody: say who with --as USER, and their --team")
    return OWNER


def access_of(place: Place, indexed: Indexed, reader: Reader) -> services.Access:
    """A data folder's owner can read its files anyway: they see all of it. Everybody else is held to the grants."""
    if place.settings is None or place.settings_path is None:
        return LaptopAccess(place.tenant, indexed, laptop_readers(place))
    if reader == OWNER and place.embedded:
        return LaptopAccess(place.tenant, indexed)
    policy = watched_file(place.settings_path, _policy)
    return Access(place.tenant, policy.current, indexed, accounts_of(place), _permissions(place))


def identity_of(place: Place, reader: Reader) -> services.Identity:
    """Of a keep: its issuer's tokens. Else a token for this one reader, new with every start."""
    if place.keep is None:
        return LaptopIdentity(reader)
    oidc = place.keep.access.oidc
    keys = PinnedKeys(oidc.keys) if oidc.jwks == "pinned" else FetchedKeys(_fetching(oidc.issuer))
    return Identity(oidc.issuer, oidc.audience, keys, accounts_of(place), groups_claim=oidc.groups_claim)


def _permissions(place: Place) -> PermissionStore | None:
    """What Git hosts confirm. In a keep the settings say whether they do; elsewhere they do once they were asked."""
    store = permissions_of(place)
    if place.keep is None:
        return store if store.exists() else None
    return store if place.keep.access.confirmed_by_git_hosts else None


def _fetching(issuer: str) -> Callable[[], Sequence[dict[str, object]]]:
    from codekeep_runtime.access.issuer import signing_keys

    return lambda: signing_keys(issuer)


def _group(settings: RuntimeSettings | None, team: str) -> str:
    have = {each.name: each.group for each in settings.access.teams} if settings else {}
    if team not in have:
        raise UsageFault(f"--team {team!r} is none of the settings' teams ({', '.join(sorted(have)) or 'no settings'})")
    return have[team]


def _policy(path: Path) -> Policy:
    return Policy.of_settings(load_settings(path))
