"""Finds the reader that a command acts as."""

from collections.abc import Sequence

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.settings.document import RuntimeSettings

from codekeep_runtime.access.identity import reader_id
from codekeep_runtime.core import Reader
from codekeep_runtime.platform.port import Platform

COMMAND_LINE = "command-line"  # the issuer of readers that `--as` names


def reader_of(platform: Platform, user: str | None, teams: Sequence[str]) -> Reader:
    """
    Raises:
        UsageFault: an unknown team, teams without a user, or no user in a keep.
    """
    if user is not None:
        groups = frozenset(_group(platform.context.settings, team) for team in teams)
        return Reader(reader_id(COMMAND_LINE, user), user, groups)
    if teams:
        raise UsageFault("--team says which teams --as USER is in: give both")
    return platform.owner()


def _group(settings: RuntimeSettings | None, team: str) -> str:
    groups = {each.name: each.group for each in settings.access.teams} if settings else {}
    if team not in groups:
        allowed = ", ".join(sorted(groups)) or "none, as there are no settings"
        raise UsageFault(f"--team {team!r} is not in the settings; teams: {allowed}")
    return groups[team]
