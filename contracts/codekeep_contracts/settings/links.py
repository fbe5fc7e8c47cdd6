"""Git hosts and package registries, as in a spec and as in the runtime's settings. Neither contains secrets, only their
names.

A spec's link adds the endpoint service that PrivateLink connects to; the settings add the ARNs of the secrets.
"""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.text_types import Arn, EndpointService, HostName, Label, Port

GitHostKind = Literal["github-enterprise", "gitlab"]
RegistryKind = Literal["artifactory", "nexus", "gitlab-packages", "github-packages"]
Ecosystem = Literal["pypi", "npm", "maven", "go", "cargo", "nuget", "rubygems", "oci"]
Ports = Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)]

RepositoryPath = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])+$",
        "<owner>/<name> as the Git host spells it, without host, wildcard or .git",
        "name one repository an item; a whole group goes under groups",
        max_length=200,
    ),
]
GroupPath = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9_]([A-Za-z0-9_./-]*[A-Za-z0-9_-])?$",
        "an organisation (GitHub Enterprise) or group path (GitLab), without wildcard",
        "name one group an item",
        max_length=200,
    ),
]


class GitHost(StrictModel):
    """A Git host and what the keep may read there."""

    name: Label
    kind: GitHostKind
    host: HostName
    ports: Ports = (443,)
    repositories: Annotated[tuple[RepositoryPath, ...], Field(max_length=5000)] = ()
    groups: Annotated[tuple[GroupPath, ...], Field(max_length=200)] = ()


class GitLinkSpec(GitHost):
    """A private link to one Git host and what the keep may read there."""

    endpoint_service: EndpointService


class GitLinkSettings(GitHost):
    """A Git host and its secrets."""

    token_secret_arn: Arn
    webhook_secret_arn: Arn


class RegistryHost(StrictModel):
    """A package registry of the customer."""

    name: Label
    kind: RegistryKind
    host: HostName
    ports: Ports = (443,)
    ecosystems: Annotated[tuple[Ecosystem, ...], Field(min_length=1, max_length=8)]


class RegistryLinkSpec(RegistryHost):
    """A private link to a package registry of the customer."""

    endpoint_service: EndpointService


class RegistryLinkSettings(RegistryHost):
    """A package registry and its secret."""

    token_secret_arn: Arn
