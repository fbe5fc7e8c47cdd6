"""The Git hosts and package registries that the keep is linked to. Secrets are named, never held."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_runtime.settings.base import Arn, HostName, Label, Port, SettingsModel


class GitLinkSettings(SettingsModel):
    """A Git host and what to read there."""

    name: Label
    kind: Literal["github-enterprise", "gitlab"]
    host: HostName
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)]
    repositories: Annotated[tuple[str, ...], Field(max_length=5000)]
    groups: Annotated[tuple[str, ...], Field(max_length=200)]
    token_secret_arn: Arn
    webhook_secret_arn: Arn


class RegistryLinkSettings(SettingsModel):
    """A package registry."""

    name: Label
    kind: Annotated[str, Field(max_length=32)]
    host: HostName
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=4)]
    ecosystems: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    token_secret_arn: Arn
