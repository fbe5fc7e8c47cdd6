"""Where servers that take long to make are kept between runs, outside the repository."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from codekeep_contracts.file_lock import file_lock

CACHE_VARIABLE = "CODEKEEP_CACHE"

Say = Callable[[str], None]


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name. Where it is not there, `make` fills a folder beside it, which moves there at the end:
    what is there is whole, and on the disk. Two runs at once make it once.
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
                    os.sync()  # gigabytes of a build, else written while a server waits for its first file
                    made.rename(folder)
    return folder


def say(text: str) -> None:
    """How far it is, on a terminal in one line."""
    sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def _cache() -> Path:
    """CODEKEEP_CACHE, else codekeep's folder where the desktop keeps caches."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser().resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekeep"
