"""Where a keep lives: account, regions, network, and the private links to what it reads."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.spec.base import (
    AccountId,
    EgressDomain,
    EndpointService,
    HostName,
    Label,
    Port,
    RegionName,
    RoleArn,
    SpecModel,
    StackName,
    ZoneName,
    text,
)

Cidr = Annotated[
    str,
    text(
        r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
        "an IPv4 network from /16 to /22 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, such as 10.64.0.0/16",
        "agree a private range with the customer's network team that overlaps none of theirs",
        longest=18,
    ),
]
VpcId = Annotated[
    str, text(r"^vpc-[0-9a-f]{8,17}$", "the id of a VPC: vpc-<hex>", "copy the VPC's id from the account", longest=21)
]
SubnetId = Annotated[
    str, text(r"^subnet-[0-9a-f]{8,17}$", "the id of a subnet: subnet-<hex>", "copy the subnet's id", longest=24)
]
RepositoryPath = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])+$",
        "<owner>/<name> as the Git host spells it, without host, wildcard or .git",
        "name one repository an item; a whole group goes under groups",
        longest=200,
    ),
]
GroupPath = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_]([A-Za-z0-9_./-]*[A-Za-z0-9_-])?$",
        "an organisation (GitHub Enterprise) or group path (GitLab), without wildcard",
        "name one group an item",
        longest=200,
    ),
]


class Account(SpecModel):
    """The AWS account the keep is built in and the role that builds it."""

    id: AccountId
    deployer_role_arn: RoleArn
    dedicated: bool = False
    """True where the account holds this keep and nothing else; premium requires it."""
    has_detectors: bool = False
    """True where GuardDuty and Access Analyzer watch the account already; each can be there but once."""


class Regions(SpecModel):
    """Where the customer's data may be."""

    primary: RegionName
    allowed: Annotated[tuple[RegionName, ...], Field(min_length=1, max_length=6)]
    recovery: RegionName | None = None
    recovery_zones: Annotated[tuple[ZoneName, ...], Field(max_length=3)] = ()
    """Zones of the recovery region, as many as `network.zones`."""


class Egress(SpecModel):
    """What leaves the keep towards the internet."""

    mode: Literal["none", "allow-list"] = "none"
    domains: Annotated[tuple[EgressDomain, ...], Field(max_length=50)] = ()


class AdoptedVpc(SpecModel):
    """A VPC that exists already; the keep takes one private subnet of it in each zone."""

    vpc_id: VpcId
    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=2, max_length=6)]


class Network(SpecModel):
    """Own VPC by its CIDR, or an adopted one: exactly one of `cidr` and `adopt`."""

    zones: Annotated[tuple[ZoneName, ...], Field(min_length=2, max_length=3)]
    cidr: Cidr | None = None
    adopt: AdoptedVpc | None = None
    egress: Egress = Egress()


class PlatformUse(SpecModel):
    """The shared platform a pooled keep lives on, and its zones in the platform's order."""

    stack: StackName
    zones: Annotated[tuple[ZoneName, ...], Field(min_length=2, max_length=3)]


class GitLink(SpecModel):
    """A private link to one Git host and what the keep may read there."""

    name: Label
    kind: Literal["github-enterprise", "gitlab"]
    host: HostName
    endpoint_service: EndpointService
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)] = (443,)
    repositories: Annotated[tuple[RepositoryPath, ...], Field(max_length=5000)] = ()
    groups: Annotated[tuple[GroupPath, ...], Field(max_length=200)] = ()


class RegistryLink(SpecModel):
    """A private link to a package registry of the customer."""

    name: Label
    kind: Literal["artifactory", "nexus", "gitlab-packages", "github-packages"]
    host: HostName
    endpoint_service: EndpointService
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)] = (443,)
    ecosystems: Annotated[
        tuple[Literal["pypi", "npm", "maven", "go", "cargo", "nuget", "rubygems", "oci"], ...],
        Field(min_length=1, max_length=8),
    ]
