"""A private link to a customer's package registry, and the place for the credential it is read with."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.git_link import base_url, token_slot
from components.key_ring import KeyRing
from components.private_link import PrivateLink, PrivateLinkArgs
from components.secret_slot import SecretSlot


class RegistryKind(StrEnum):
    """What serves the packages."""

    ARTIFACTORY = "artifactory"
    NEXUS = "nexus"
    GITLAB_PACKAGES = "gitlab-packages"
    GITHUB_PACKAGES = "github-packages"


ECOSYSTEMS = frozenset({"pypi", "npm", "maven", "go", "cargo", "nuget", "rubygems", "oci"})


@dataclass(frozen=True, kw_only=True)
class RegistryLinkArgs:
    """`reader_arns` are the roles that read the credential (builds that resolve symbols of dependencies)."""

    link: PrivateLinkArgs
    kind: RegistryKind
    ecosystems: tuple[str, ...]
    keys: KeyRing
    reader_arns: Sequence[pulumi.Input[str]]
    recovery_region: str | None = None

    def __post_init__(self) -> None:
        if not self.ecosystems or not ECOSYSTEMS.issuperset(self.ecosystems):
            allowed, got = ", ".join(sorted(ECOSYSTEMS)), ", ".join(self.ecosystems) or "none"
            raise ValueError(f"ecosystems must be some of {allowed}, got {got}")


class RegistryLink(pulumi.ComponentResource):
    """Endpoint, name, group, alarm and credential slot of one registry."""

    endpoint_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    token_secret_arn: pulumi.Output[str]
    host: str
    url: str

    def __init__(self, name: str, args: RegistryLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:registry_link:RegistryLink", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        link = PrivateLink(f"{name}-link", args.link, opts=child)
        token = SecretSlot(
            f"{name}-token",
            token_slot(
                args.link,
                args.keys,
                args.reader_arns,
                args.recovery_region,
                description=f"For {args.link.host} ({args.kind}), read-only: {', '.join(args.ecosystems)}",
            ),
            opts=child,
        )

        self.endpoint_id = link.endpoint_id
        self.security_group_id = link.security_group_id
        self.token_secret_arn = token.arn
        self.host = args.link.host
        self.url = base_url(args.link)
        self.register_outputs(
            {
                "endpointId": self.endpoint_id,
                "securityGroupId": self.security_group_id,
                "tokenSecretArn": self.token_secret_arn,
                "url": self.url,
            }
        )
