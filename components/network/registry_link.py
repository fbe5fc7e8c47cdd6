"""A private link to a customer's package registry, and the secret for the credential that reads it."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.settings.links import Ecosystem, RegistryKind

from components.network.host_link import HostLink, HostLinkArgs


@dataclass(frozen=True, kw_only=True)
class RegistryLinkArgs(HostLinkArgs):
    """The readers of the credential are the roles that resolve symbols of dependencies."""

    kind: RegistryKind
    ecosystems: tuple[Ecosystem, ...]


class RegistryLink(HostLink):
    """The link to one registry."""

    def __init__(self, name: str, args: RegistryLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        credential = f"For {args.link.host} ({args.kind}), read-only: {', '.join(args.ecosystems)}"
        super().__init__("codekeep:registry_link:RegistryLink", name, args, credential, opts)
