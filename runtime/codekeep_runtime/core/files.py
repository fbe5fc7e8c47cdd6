"""Reads and writes files that only their owner may read."""

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from codekeep_contracts.faults import SettingsFault


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file atomically and durably: readers see the old or the new content, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, content)
    try:
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_private(path: Path, content: bytes, *, new: bool = False) -> Path:
    """Writes a file in place with mode 0600 and returns its path.

    Raises:
        FileExistsError: the file exists and `new` is set.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
    return path


def private_key(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a key file, which is made if it is missing. Of several processes that start at once one makes it.

    Raises:
        SettingsFault: others than its owner may read the file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _draft(path, make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsFault(f"key {str(path)!r} must be readable by its owner only; chmod 600 it")
    return path.read_bytes()


def _draft(path: Path, content: bytes) -> Path:
    """The content on disk, under a hidden name beside its path."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
