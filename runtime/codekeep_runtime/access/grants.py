"""Teams and the repositories that the settings grant them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.document import RuntimeSettings

from codekeep_runtime.core import RepositoryId


@dataclass(frozen=True)
class Grant:
    """One repository, or (`name` None) those directly in a group. All parts are case-folded.

    `/*` does not include subgroups: they often exist because fewer people may see them, so each needs its own grant.
    """

    host: str
    owner: str
    name: str | None

    @classmethod
    def parse(cls, text: str, hosts: Mapping[str, str]) -> "Grant":
        """
        Args:
            text: `<link>:<owner>/<name>` or `<link>:<group>/*`.
            hosts: the host of each link by its name.

        Raises:
            SettingsFault: the link is not among the hosts, or owner or name is missing.
        """
        link, _, path = text.partition(":")
        owner, _, name = path.rpartition("/")
        if link not in hosts or not owner or not name:
            have = ", ".join(sorted(hosts))
            raise SettingsFault(f"grant {text!r} must be <link>:<owner>/<name> or <link>:<group>/*; links are: {have}")
        return cls(hosts[link].casefold(), owner.casefold(), None if name == "*" else name.casefold())

    def covers(self, repository: RepositoryId) -> bool:
        """Whether the grant covers the repository: host, owner and name must all match."""
        if repository.host != self.host or repository.owner != self.owner:
            return False
        return self.name is None or repository.name == self.name


@dataclass(frozen=True)
class TeamGrants:
    """A team: members of the identity provider's `group` may read what the grants cover."""

    name: str
    group: str
    grants: tuple[Grant, ...]

    def covered_repositories(self, repositories: Iterable[RepositoryId]) -> frozenset[RepositoryId]:
        return frozenset(each for each in repositories if any(grant.covers(each) for grant in self.grants))


@dataclass(frozen=True)
class Policy:
    """The teams of a tenant."""

    teams: tuple[TeamGrants, ...]

    @classmethod
    def of_settings(cls, settings: RuntimeSettings) -> "Policy":
        """
        Raises:
            SettingsFault: a grant names an unknown link.
        """
        hosts = {link.name: link.host for link in settings.git_links}
        return cls(
            tuple(
                TeamGrants(team.name, team.group, tuple(Grant.parse(grant, hosts) for grant in team.repositories))
                for team in settings.access.teams
            )
        )
