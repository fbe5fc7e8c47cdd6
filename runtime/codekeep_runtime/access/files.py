"""Documents as files of one folder, each replaced atomically and readable by its owner only."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from codekeep_contracts.file_lock import file_lock

from codekeep_runtime.access.documents import ConflictFault, Document
from codekeep_runtime.core.files import replace_file

LOCK = ".lock"


class FolderDocuments:
    """Documents as files of a folder (see Documents). A file has the name of its document."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Document | None:
        try:
            content = (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        return Document(content.decode(), hashlib.sha256(content).hexdigest())

    def fingerprint(self, name: str) -> str | None:
        return file_fingerprint(self._folder / name)

    def write(self, name: str, content: str, expected: str | None) -> None:
        with self._locked():
            found = self.read(name)
            if (found.version if found else None) != expected:
                raise ConflictFault(f"{name} was changed meanwhile; try again")
            replace_file(self._folder / name, content.encode())

    def remove(self, name: str) -> None:
        with self._locked():
            (self._folder / name).unlink(missing_ok=True)

    def location(self, name: str) -> str:
        return str(self._folder / name)

    def _locked(self) -> AbstractContextManager[int]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return file_lock(self._folder / LOCK)


def file_fingerprint(path: Path) -> str | None:
    """Changes when the file is replaced; None if there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return f"{stat.st_mtime_ns}-{stat.st_ino}-{stat.st_size}"
