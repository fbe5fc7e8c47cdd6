"""Where a runtime keeps its files, and which settings it follows."""

import os
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.pods import SCRATCH_FOLDER, SETTINGS_FILE
from codekeep_contracts.settings.document import RuntimeSettings, load_settings

LAPTOP = "laptop"  # the tenant of a data folder without settings
ONLY_OWNER = 0o700
DEFAULT_PATH = Path(SETTINGS_FILE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A data folder, and the keep's settings or None on a laptop.

    `embedded` keeps to stores and engines inside this process although the settings name a keep's: to try a keep's
    access rules, caps and logging on one machine.
    """

    data: Path
    settings: RuntimeSettings | None
    embedded: bool
    settings_path: Path | None = None  # watched while serving: teams may change

    @property
    def tenant(self) -> str:
        return self.settings.tenant.name if self.settings else LAPTOP

    @property
    def keep(self) -> RuntimeSettings | None:
        """The settings of the keep whose stores and engines are used; None where everything is on this machine."""
        return None if self.embedded else self.settings

    def folder(self, name: str) -> Path:
        """A folder of this tenant for one purpose (index, mirrors, audit, ...), made for the owner's eyes only.

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


def place(data: Path | None, settings: Path | None, *, embedded: bool) -> Place:
    """From the options of a command: settings default to the mounted ones, without which this is a laptop.

    Raises:
        SettingsFault: the settings are wrong.
    """
    path = settings or (DEFAULT_PATH if DEFAULT_PATH.exists() else None)
    document = load_settings(path) if path else None
    is_embedded = embedded or document is None
    default = Path(SCRATCH_FOLDER) if path == DEFAULT_PATH else default_data()
    return Place(data=data or default, settings=document, embedded=is_embedded, settings_path=path)


def default_data() -> Path:
    """`$CODEKEEP_DATA`, or the user's data folder by the XDG convention."""
    if given := os.environ.get("CODEKEEP_DATA"):
        return Path(given)
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(shared) / "codekeep"
