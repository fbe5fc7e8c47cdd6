"""Spec of a keep's account and network, or of its shared platform."""

from typing import Annotated, Literal

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.text_types import AccountId, ZoneName
from pydantic import Field

from stacks.spec.text_types import EgressDomain, RoleArn, StackName

Cidr = Annotated[
    str,
    text_field(
        r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
        "an IPv4 network from /16 to /22 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, such as 10.64.0.0/16",
        "agree a private range with the customer's network team that overlaps none of theirs",
        max_length=18,
    ),
]
VpcId = Annotated[
    str,
    text_field(
        r"^vpc-[0-9a-f]{8,17}$", "the id of a VPC: vpc-<hex>", "copy the VPC's id from the account", max_length=21
    ),
]
SubnetId = Annotated[
    str,
    text_field(r"^subnet-[0-9a-f]{8,17}$", "the id of a subnet: subnet-<hex>", "copy the subnet's id", max_length=24),
]


class Account(StrictModel):
    """The AWS account the keep is built in and the role that builds it."""

    id: AccountId
    deployer_role_arn: RoleArn
    dedicated: bool = False
    """True where the account contains this keep and nothing else; premium requires it."""
    has_detectors: bool = False
    """True where GuardDuty and Access Analyzer of the account alert its owner; else the keep alerts on them too."""


class Egress(StrictModel):
    """Traffic from the keep to the internet."""

    mode: Literal["none", "allow-list"] = "none"
    domains: Annotated[tuple[EgressDomain, ...], Field(max_length=50)] = ()


class AdoptedVpc(StrictModel):
    """An existing VPC; the keep uses one private subnet of it in each zone."""

    vpc_id: VpcId
    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=2, max_length=6)]


class Network(StrictModel):
    """Own VPC by its CIDR, or an adopted one: exactly one of `cidr` and `adopt`."""

    zones: Annotated[tuple[ZoneName, ...], Field(min_length=2, max_length=3)]
    cidr: Cidr | None = None
    adopt: AdoptedVpc | None = None
    egress: Egress = Egress()


class PlatformUse(StrictModel):
    """The shared platform of a pooled keep, and its zones in the platform's order."""

    stack: StackName
    zones: Annotated[tuple[ZoneName, ...], Field(min_length=2, max_length=3)]
