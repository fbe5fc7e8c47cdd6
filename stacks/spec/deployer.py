"""Spec of whoever deploys the keep: how they reach its private Kubernetes API."""

from typing import Annotated

from codekeep_contracts.model import StrictModel, text_field
from pydantic import Field

DeployerCidr = Annotated[
    str,
    text_field(
        r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
        "an IPv4 network from /16 to /32 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, such as 10.200.16.0/24",
        "name the private range of the machines that run `codekeep up`",
        max_length=18,
    ),
]
TransitGatewayId = Annotated[
    str,
    text_field(
        r"^tgw-[0-9a-f]{8,17}$",
        "the id of a transit gateway: tgw-<hex>",
        "copy the transit gateway's id from the account that owns it",
        max_length=21,
    ),
]


class ApiAccess(StrictModel):
    """Who reaches the Kubernetes API, on port 443 of its private endpoint, besides the keep's own nodes."""

    cidrs: Annotated[tuple[DeployerCidr, ...], Field(min_length=1, max_length=10)]
    """Private ranges of the machines that run `codekeep up`."""
    transit_gateway: TransitGatewayId | None = None
    """Leads to these ranges; the keep attaches its own network to it and routes the ranges there. Required with
    `network.cidr`, absent with `network.adopt`, whose owner answers for its routes and access lists.
    """
    translated: bool = False
    """True where something on the way (NAT, a container's bridge) changes the deployer's address: `up` then does not
    compare its own address with `cidrs`.
    """


class Deployer(StrictModel):
    """The machines that run `codekeep up`."""

    api_access: ApiAccess
