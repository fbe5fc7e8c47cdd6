"""CODEKEEP_HOME: the folder of the sandbox's account, states and passphrase on this machine."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.faults import UsageFault

HOME_VARIABLE = "CODEKEEP_HOME"
PASSPHRASE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - a variable's name
PASSPHRASE_FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Home:
    """A folder of local state. Nothing in it belongs in version control."""

    path: Path

    @classmethod
    def of(cls, root: Path) -> "Home":
        """CODEKEEP_HOME, or `.codekeep` in the project's root."""
        configured = os.environ.get(HOME_VARIABLE)
        return cls(Path(configured).expanduser().resolve() if configured else root / ".codekeep")

    @property
    def sandbox(self) -> Path:
        """The sandbox account's folder."""
        return self.path / "sandbox"

    @property
    def backend(self) -> Path:
        """Folder of the file backend with the sandbox's states."""
        return self.path / "state"

    @property
    def passphrase_file(self) -> Path:
        return self.path / "passphrase"

    def prepare(self) -> None:
        """Makes the folder, readable by its owner only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = self.path / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")

    def passphrase(self) -> str:
        """The passphrase that encrypts secrets in states: from Pulumi's own variables, or generated once and stored."""
        if (configured := configured_passphrase()) is not None:
            return configured
        self.prepare()
        try:
            descriptor = os.open(self.passphrase_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _read(self.passphrase_file)
        with os.fdopen(descriptor, "w") as file:
            generated = secrets.token_urlsafe(32)
            file.write(f"{generated}\n")
        return generated


def configured_passphrase() -> str | None:
    """The passphrase in the environment, read as the pulumi CLI reads it. None where it sets none."""
    if (text := os.environ.get(PASSPHRASE_VARIABLE)) is not None:
        return text
    file = os.environ.get(PASSPHRASE_FILE_VARIABLE)
    return _read(Path(file)) if file else None


def _read(path: Path) -> str:
    try:
        return path.read_text().rstrip("\r\n")
    except OSError as error:
        raise UsageFault(f"{path}: the passphrase cannot be read: {error.strerror}") from error
