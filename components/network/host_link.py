"""A private link to a host of the customer's, and the secret for the credential that reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.keys.key_ring import KeyRing
from components.keys.secret_slot import SecretSlot, SecretSlotArgs
from components.network.private_link import PrivateLink, PrivateLinkArgs


@dataclass(frozen=True, kw_only=True)
class HostLinkArgs:
    """`link` is the connection; `reader_arns` are the roles that read the credential."""

    link: PrivateLinkArgs
    keys: KeyRing
    reader_arns: Sequence[pulumi.Input[str]]
    recovery_region: str | None = None


class HostLink(pulumi.ComponentResource):
    """Endpoint, DNS name, security group, alarms and secret of one host. Subclasses say what kind of host it is."""

    endpoint_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    token_secret_arn: pulumi.Output[str]
    host: str
    url: str  # start of every request's URL

    def __init__(
        self, type_token: str, name: str, args: HostLinkArgs, credential: str, opts: pulumi.ResourceOptions | None
    ) -> None:
        """`credential` tells the person who writes the secret what belongs there."""
        super().__init__(type_token, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        link = PrivateLink(f"{name}-link", args.link, opts=child)
        token = SecretSlot(f"{name}-token", _slot(args, credential), opts=child)

        self.endpoint_id = link.endpoint_id
        self.security_group_id = link.security_group_id
        self.token_secret_arn = token.arn
        self.host = args.link.host
        self.url = _base_url(args.link)
        self.register_outputs(
            {
                "endpointId": self.endpoint_id,
                "securityGroupId": self.security_group_id,
                "tokenSecretArn": self.token_secret_arn,
                "url": self.url,
            }
        )


def _base_url(link: PrivateLinkArgs) -> str:
    """The host by HTTPS, with the port if it is not 443."""
    port = 443 if 443 in link.ports else link.ports[0]
    return f"https://{link.host}" if port == 443 else f"https://{link.host}:{port}"


def _slot(args: HostLinkArgs, credential: str) -> SecretSlotArgs:
    return SecretSlotArgs(
        keep=args.link.keep,
        label=args.link.label,
        description=credential,
        keys=args.keys,
        reader_arns=args.reader_arns,
        vpc_endpoint_ids=(args.link.network.interface_endpoint_ids["secretsmanager"],),
        recovery_region=args.recovery_region,
    )
