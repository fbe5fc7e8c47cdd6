"""The settings document, and the function that reads it."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.model import StrictModel
from codekeep_contracts.roles import ModelRole
from codekeep_contracts.settings.access import AccessSettings, Caps
from codekeep_contracts.settings.governance import (
    AuditSettings,
    LoggingSettings,
    PromptStorage,
    Regions,
    Retention,
    Slo,
)
from codekeep_contracts.settings.links import GitLinkSettings, RegistryLinkSettings
from codekeep_contracts.settings.models import ModelSettings
from codekeep_contracts.settings.stores import BucketSettings, IndexSettings, QueueSettings
from codekeep_contracts.text_types import AccountId, Arn, DisplayName, ObjectName, TenantName, Tier

SCHEMA_VERSION = 2  # 1: first; 2: `regions`, `prompt_storage` and the models' bounds under the spec's names
PROBLEMS_SHOWN = 10


class TenantSettings(StrictModel):
    """The tenant whose keep this is."""

    name: TenantName
    display_name: DisplayName
    tier: Tier
    account_id: AccountId


class EntrySettings(StrictModel):
    """The gateway's certificate: where it finds the chain and the key (PEM)."""

    certificate_secret_arn: Arn


class RuntimeSettings(StrictModel):
    """Everything that the runtime of one keep must know. It names secrets and contains none."""

    schema_version: Literal[2]
    tenant: TenantSettings
    regions: Regions
    namespace: ObjectName
    entry: EntrySettings
    index: IndexSettings
    audit: AuditSettings
    keys: Annotated[dict[ObjectName, Arn], Field(min_length=1, max_length=8)]
    buckets: Annotated[dict[ObjectName, BucketSettings], Field(min_length=1, max_length=8)]
    queues: Annotated[dict[ObjectName, QueueSettings], Field(min_length=1, max_length=8)]
    git_links: Annotated[tuple[GitLinkSettings, ...], Field(min_length=1, max_length=10)]
    registry_links: Annotated[tuple[RegistryLinkSettings, ...], Field(max_length=10)]
    models: Annotated[tuple[ModelSettings, ...], Field(min_length=3, max_length=4)]
    access: AccessSettings
    retention: Retention
    prompt_storage: PromptStorage
    caps: Caps
    slo: Slo
    logging: LoggingSettings

    def model_of(self, role: ModelRole) -> ModelSettings:
        """
        Raises:
            SettingsFault: no model has that role.
        """
        for model in self.models:
            if model.role == role:
                return model
        have = ", ".join(model.role for model in self.models)
        raise SettingsFault(f"models has none with role {role!r} (there are: {have}); add it to the spec's models")

    def bucket(self, role: str) -> BucketSettings:
        """
        Raises:
            SettingsFault: there is no bucket of that role.
        """
        if role not in self.buckets:
            raise SettingsFault(f"buckets.{role} is not in the settings (there are: {', '.join(sorted(self.buckets))})")
        return self.buckets[role]

    def queue(self, role: str) -> QueueSettings:
        """
        Raises:
            SettingsFault: there is no queue of that role.
        """
        if role not in self.queues:
            raise SettingsFault(f"queues.{role} is not in the settings (there are: {', '.join(sorted(self.queues))})")
        return self.queues[role]

    def link(self, name: str) -> GitLinkSettings:
        """
        Raises:
            SettingsFault: no Git link has that name.
        """
        for link in self.git_links:
            if link.name == name:
                return link
        have = ", ".join(link.name for link in self.git_links)
        raise SettingsFault(f"git_links has none named {name!r} (there are: {have})")


def load_settings(path: Path) -> RuntimeSettings:
    """
    Raises:
        SettingsFault: the file cannot be read, or a value is not what is allowed; each with its path, no values.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsFault(
            f"settings {str(path)!r} cannot be read ({error.strerror}); give another with --settings"
        ) from None
    try:
        return RuntimeSettings.model_validate_json(text)
    except ValidationError as error:
        if (found := _version(text)) != SCHEMA_VERSION:
            raise SettingsFault(
                f"settings {str(path)!r} have schema_version {found}, and this runtime reads {SCHEMA_VERSION}; deploy "
                "stack and release.images of the same version"
            ) from None
        raise SettingsFault(f"settings {str(path)!r} are wrong:\n{_described(error)}") from None


def _version(text: bytes) -> int:
    """The version of a document, whatever else is wrong with it; SCHEMA_VERSION where it names none."""
    try:
        found = json.loads(text)["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return SCHEMA_VERSION
    return found if isinstance(found, int) else SCHEMA_VERSION


def _described(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    lines = [f"  {'.'.join(str(step) for step in each['loc']) or '(document)'}: {each['msg']}" for each in problems]
    more = len(lines) - PROBLEMS_SHOWN
    return "\n".join(lines[:PROBLEMS_SHOWN] + ([f"  and {more} more"] if more > 0 else []))
