"""The account's journal: each request as one JSON line, written before the request is carried out."""

import base64
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

VERSION = 3  # 3: requests have a time

Environ = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Header:
    """First line: which account this is, and the moto version that can replay it."""

    version: int
    epoch: str
    moto: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request: its number (which seeds its random source), its Unix time, its WSGI environment and its body."""

    number: int
    time: float
    environ: Mapping[str, str]
    preserved: Mapping[str, str]
    body: bytes

    def to_environ(self, preserved_key: str) -> Environ:
        """A WSGI environment that replays the request."""
        return {
            **self.environ,
            preserved_key: dict(self.preserved),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


class Journal:
    """Append-only. Readable by its owner only, since requests contain secrets."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self.header = header
        self._file: IO[str] | None = None

    @classmethod
    def create(cls, path: Path, header: Header) -> "Journal":
        """An empty journal in place of the file's content."""
        path.unlink(missing_ok=True)
        journal = cls(path, header)
        journal._write(asdict(header))
        return journal

    @classmethod
    def open(cls, path: Path) -> "Journal | None":
        """None where there is none, or one that cannot be read."""
        try:
            with path.open(encoding="utf-8") as file:
                return cls(path, Header(**json.loads(file.readline())))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def append(self, entry: Entry) -> None:
        self._write({**asdict(entry), "body": base64.b64encode(entry.body).decode("ascii")})

    def entries(self) -> Iterator[Entry]:
        """All entries in order. An incomplete last line (the machine died while writing) is ignored."""
        with self._path.open(encoding="utf-8") as file:
            next(file, "")
            for line in file:
                if not line.endswith("\n"):
                    return
                found = json.loads(line)
                yield Entry(**{**found, "body": base64.b64decode(found["body"])})

    def mend(self) -> None:
        """Removes an incomplete last line, so that the next entry starts on its own line."""
        data = self._path.read_bytes()
        complete = data.rfind(b"\n") + 1
        if complete != len(data):
            with self._path.open("r+b") as file:
                file.truncate(complete)

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is None:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._file = os.fdopen(handle, "a", encoding="utf-8")
        self._file.write(json.dumps(value, separators=(",", ":")) + "\n")
        self._file.flush()
