"""A private link to a customer's Git host, and the place for the token the keep reads repositories with."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.key_ring import KeyRing
from components.naming import DataClass
from components.private_link import PrivateLink, PrivateLinkArgs
from components.secret_slot import SecretReplica, SecretSlot, SecretSlotArgs


class GitHostKind(StrEnum):
    """Whose protocol the host speaks."""

    GITHUB_ENTERPRISE = "github-enterprise"
    GITLAB = "gitlab"


TOKEN_HINTS = {
    GitHostKind.GITHUB_ENTERPRISE: "a GitHub App's private key, or a fine-grained token with read access to contents",
    GitHostKind.GITLAB: "a group access token with the scope read_repository",
}


@dataclass(frozen=True, kw_only=True)
class GitLinkArgs:
    """`link` is the way there; `reader_arns` are the roles that read the token (ingest)."""

    link: PrivateLinkArgs
    kind: GitHostKind
    keys: KeyRing
    reader_arns: Sequence[pulumi.Input[str]]
    recovery_region: str | None = None


class GitLink(pulumi.ComponentResource):
    """Endpoint, name, group, alarm and token slot of one Git host."""

    endpoint_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    token_secret_arn: pulumi.Output[str]
    host: str
    url: str  # what clones start with

    def __init__(self, name: str, args: GitLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:git_link:GitLink", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        link = PrivateLink(f"{name}-link", args.link, opts=child)
        token = SecretSlot(
            f"{name}-token",
            token_slot(
                args.link,
                args.keys,
                args.reader_arns,
                args.recovery_region,
                description=f"For {args.link.host}: {TOKEN_HINTS[args.kind]}",
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


def base_url(link: PrivateLinkArgs) -> str:
    """The host by HTTPS; the port is named only where it is not the usual one."""
    port = 443 if 443 in link.ports else link.ports[0]
    return f"https://{link.host}" if port == 443 else f"https://{link.host}:{port}"


def token_slot(
    link: PrivateLinkArgs,
    keys: KeyRing,
    reader_arns: Sequence[pulumi.Input[str]],
    recovery_region: str | None,
    *,
    description: str,
) -> SecretSlotArgs:
    """The slot for the credential of a link, readable by the network's own Secrets Manager endpoint alone."""
    replica = (
        None
        if recovery_region is None
        else SecretReplica(region=recovery_region, key_arn=keys.replica_arn(DataClass.SECRET))
    )
    return SecretSlotArgs(
        keep=link.keep,
        label=link.label,
        description=description,
        key_arn=keys.arn(DataClass.SECRET),
        reader_arns=reader_arns,
        vpc_endpoint_ids=(link.network.interface_endpoint_ids["secretsmanager"],),
        replica=replica,
    )
