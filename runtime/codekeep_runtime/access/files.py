"""Files of the access package are replaced as a whole, readable by nobody else."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_runtime.access.documents import ConflictFault, Document

LOCK = ".lock"


class FolderDocuments:
    """See Documents: files of one folder, each named as its document."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Document | None:
        try:
            content = (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        return Document(content.decode(), hashlib.sha256(content).hexdigest())

    def mark(self, name: str) -> str | None:
        return mark_of(self._folder / name)

    def write(self, name: str, content: str, expected: str | None) -> None:
        with self._locked():
            found = self.read(name)
            if (found.version if found else None) != expected:
                raise ConflictFault(f"{name} was changed meanwhile; try again")
            replace(self._folder / name, content)

    def remove(self, name: str) -> None:
        with self._locked():
            (self._folder / name).unlink(missing_ok=True)

    def where(self, name: str) -> str:
        return str(self._folder / name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def mark_of(path: Path) -> str | None:
    """Another one once the file is replaced; None where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return f"{stat.st_mtime_ns}-{stat.st_ino}-{stat.st_size}"


def replace(path: Path, text: str) -> None:
    """Atomic: a reader sees the old or the new file; survives a crash."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
