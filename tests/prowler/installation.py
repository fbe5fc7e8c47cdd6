"""Prowler in an environment of its own outside the repository: 2.3 GB, since it brings the SDKs of every cloud."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.real.cache import made_once

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "prowler.txt"


def installed() -> Path:
    """The environment's Python; the first call installs it, which takes some minutes."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    return made_once(f"prowler-{digest}-{version}", _make) / "bin" / "python"


def _make(folder: Path) -> None:
    """Nothing in it may depend on the folder's path, which changes: Prowler is started as a module.

    Some SDKs that it needs have no wheels, and are built from their hashed sources.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(LOCK)], check=True)
