"""The whole document, and how it is read."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from codekeep_runtime.core.faults import SettingsFault
from codekeep_runtime.settings.access import AccessSettings, Caps
from codekeep_runtime.settings.base import Arn, Name, Region, SettingsModel
from codekeep_runtime.settings.governance import AuditSettings, LoggingSettings, PromptSettings, Retention, Slo
from codekeep_runtime.settings.links import GitLinkSettings, RegistryLinkSettings
from codekeep_runtime.settings.models import ModelSettings, Role
from codekeep_runtime.settings.stores import BucketSettings, IndexSettings, QueueSettings

DEFAULT_PATH = Path("/etc/codekeep/settings.json")  # where the release mounts it (components/release/pod.py)
FAULTS_SHOWN = 10


class TenantFacts(SettingsModel):
    """Whose keep this is and where its data may be."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,18}[a-z0-9]$", max_length=20)]
    display_name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$", max_length=80)]
    tier: Literal["pooled", "dedicated", "premium"]
    account_id: Annotated[str, Field(pattern=r"^[0-9]{12}$", max_length=12)]
    region: Region
    allowed_regions: Annotated[tuple[Region, ...], Field(min_length=1, max_length=6)]
    recovery_region: Region | None
    spec_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", max_length=12)]


class EntrySettings(SettingsModel):
    """The way in: where the gateway finds its certificate, chain and key (PEM)."""

    certificate_secret_arn: Arn


class RuntimeSettings(SettingsModel):
    """What the runtime of one keep needs to know. Secrets are named, never held."""

    schema_version: Literal[1]
    tenant: TenantFacts
    namespace: Name
    entry: EntrySettings
    index: IndexSettings
    audit: AuditSettings
    keys: Annotated[dict[Name, Arn], Field(min_length=1, max_length=8)]
    buckets: Annotated[dict[Name, BucketSettings], Field(min_length=1, max_length=8)]
    queues: Annotated[dict[Name, QueueSettings], Field(min_length=1, max_length=8)]
    git_links: Annotated[tuple[GitLinkSettings, ...], Field(min_length=1, max_length=10)]
    registry_links: Annotated[tuple[RegistryLinkSettings, ...], Field(max_length=10)]
    models: Annotated[tuple[ModelSettings, ...], Field(min_length=3, max_length=4)]
    access: AccessSettings
    retention: Retention
    prompts: PromptSettings
    caps: Caps
    slo: Slo
    logging: LoggingSettings

    def model_of(self, role: Role) -> ModelSettings:
        """
        Raises:
            SettingsFault: no model has that role.
        """
        for model in self.models:
            if model.role == role:
                return model
        have = ", ".join(model.role for model in self.models)
        raise SettingsFault(f"models has none with role {role!r} (there are: {have}); add it to the spec's models")

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
        SettingsFault: the file cannot be read, or a value is not what is allowed; each fault with its path, no values.
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
        raise SettingsFault(f"settings {str(path)!r} are wrong:\n{_told(error)}") from None


def _told(error: ValidationError) -> str:
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    lines = [f"  {'.'.join(str(step) for step in fault['loc']) or '(document)'}: {fault['msg']}" for fault in faults]
    more = len(lines) - FAULTS_SHOWN
    return "\n".join(lines[:FAULTS_SHOWN] + ([f"  and {more} more"] if more > 0 else []))
