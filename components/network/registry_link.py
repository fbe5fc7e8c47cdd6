"""A private link to a customer's package registry, and the place for the credential it is read with."""

from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.network.host_link import HostLink, HostLinkArgs


class RegistryKind(StrEnum):
    """What serves the packages."""

    ARTIFACTORY = "artifactory"
    NEXUS = "nexus"
    GITLAB_PACKAGES = "gitlab-packages"
    GITHUB_PACKAGES = "github-packages"


ECOSYSTEMS = frozenset({"pypi", "npm", "maven", "go", "cargo", "nuget", "rubygems", "oci"})


@dataclass(frozen=True, kw_only=True)
class RegistryLinkArgs(HostLinkArgs):
    """The readers of the credential are the builds that resolve symbols of dependencies."""

    kind: RegistryKind
    ecosystems: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.ecosystems or not ECOSYSTEMS.issuperset(self.ecosystems):
            allowed, got = ", ".join(sorted(ECOSYSTEMS)), ", ".join(self.ecosystems) or "none"
            raise ValueError(f"ecosystems must be some of {allowed}, got {got}")


class RegistryLink(HostLink):
    """The link to one registry."""

    def __init__(self, name: str, args: RegistryLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        credential = f"For {args.link.host} ({args.kind}), read-only: {', '.join(args.ecosystems)}"
        super().__init__("codekeep:registry_link:RegistryLink", name, args, credential, opts)
