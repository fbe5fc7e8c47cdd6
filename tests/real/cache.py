"""A cache outside the repository for servers that take long to build or download."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from codekeep_contracts.file_lock import file_lock

CACHE_VARIABLE = "CODEKEEP_CACHE"

Say = Callable[[str], None]


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The cached folder of that name; the first call fills it with `make`.

    `make` gets a temporary folder, which moves into place once it is complete and on the disk. Of concurrent runs one
    makes it, and the others wait.
    """
    cache = _cache()
    folder = cache / name
    if not folder.exists():
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(cache / f"{name.partition('-')[0]}.lock"):
            if not folder.exists():
                with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}.") as temporary:
                    made = Path(temporary) / name
                    made.mkdir()
                    make(made)
                    os.sync()  # or gigabytes would be written while the server starts
                    made.rename(folder)
    return folder


def say(text: str) -> None:
    """Reports progress: on a terminal in one line that changes."""
    sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def _cache() -> Path:
    """The folder of CODEKEEP_CACHE, else codekeep's folder in the user's cache."""
    configured = os.environ.get(CACHE_VARIABLE)
    if configured:
        return Path(configured).expanduser().resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekeep"
