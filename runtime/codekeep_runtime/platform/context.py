"""The data folder of a process and the settings it follows."""

import os
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.faults import SettingsFault, UsageFault
from codekeep_contracts.pods import SCRATCH_FOLDER, SETTINGS_FILE
from codekeep_contracts.settings.document import RuntimeSettings, load_settings

LAPTOP = "laptop"  # the tenant of a data folder without settings
ONLY_OWNER = 0o700
DEFAULT_SETTINGS = Path(SETTINGS_FILE)


@dataclass(frozen=True, kw_only=True)
class RuntimeContext:
    data: Path
    settings: RuntimeSettings | None = None
    settings_path: Path = DEFAULT_SETTINGS  # watched while serving, since teams may change

    @property
    def tenant(self) -> str:
        return self.settings.tenant.name if self.settings else LAPTOP

    @property
    def readers_file(self) -> Path:
        """Users of a laptop and the repositories that they see."""
        return self.folder("access") / "readers.json"

    def required_settings(self) -> RuntimeSettings:
        """
        Raises:
            SettingsFault: there are no settings.
        """
        if self.settings is None:
            raise SettingsFault("this command works with the settings of a keep: give --settings")
        return self.settings

    def folder(self, name: str) -> Path:
        """The tenant's folder for one purpose (index, audit, ...), made with mode 0700.

        Raises:
            UsageFault: it cannot be made.
        """
        path = self.data / self.tenant / name
        try:
            path.mkdir(parents=True, exist_ok=True, mode=ONLY_OWNER)
        except OSError as error:
            raise UsageFault(
                f"data folder {str(self.data)!r} cannot be used ({error.strerror}); give another with --data"
            ) from None
        return path


def context_of(data: Path | None, settings: Path | None) -> RuntimeContext:
    """The context of a command's options. Without --settings those that are mounted in a pod, if any, are used.

    Raises:
        SettingsFault: the settings are wrong.
    """
    path = settings or DEFAULT_SETTINGS
    if settings is None and not path.exists():
        return RuntimeContext(data=data or _default_data())
    default = Path(SCRATCH_FOLDER) if path == DEFAULT_SETTINGS else _default_data()
    return RuntimeContext(data=data or default, settings=load_settings(path), settings_path=path)


def _default_data() -> Path:
    """`$CODEKEEP_DATA`, or the user's data folder by the XDG convention."""
    if folder := os.environ.get("CODEKEEP_DATA"):
        return Path(folder)
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(shared) / "codekeep"
