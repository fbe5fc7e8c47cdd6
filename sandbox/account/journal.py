"""Everything the account was told, one JSON line a request, written before the request is carried out."""

import base64
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

VERSION = 2  # 2: loading a service draws nothing of a request

Environ = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Header:
    """First line: which account this is and which moto can bring it back."""

    version: int
    epoch: str
    moto: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request: its number (which is its seed), the server's environment of it, and its body."""

    number: int
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
    """Append-only; the owner's eyes only, for it holds what the account was told, secrets included."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self.header = header
        self._file: IO[str] | None = None

    @classmethod
    def create(cls, path: Path, header: Header) -> "Journal":
        """An empty journal in place of whatever was there."""
        path.unlink(missing_ok=True)
        journal = cls(path, header)
        journal._write({"version": header.version, "epoch": header.epoch, "moto": header.moto, "port": header.port})
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
        self._write(
            {
                "number": entry.number,
                "environ": dict(entry.environ),
                "preserved": dict(entry.preserved),
                "body": base64.b64encode(entry.body).decode("ascii"),
            }
        )

    def entries(self) -> Iterator[Entry]:
        """As they were written; a torn last line (the machine died while writing) ends the journal."""
        with self._path.open(encoding="utf-8") as file:
            next(file, "")
            for line in file:
                if not line.endswith("\n"):
                    return
                found = json.loads(line)
                yield Entry(
                    number=found["number"],
                    environ=found["environ"],
                    preserved=found["preserved"],
                    body=base64.b64decode(found["body"]),
                )

    def mend(self) -> None:
        """Cuts a torn last line off, so that the next one starts afresh."""
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole != len(data):
            with self._path.open("r+b") as file:
                file.truncate(whole)

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is None:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._file = os.fdopen(handle, "a", encoding="utf-8")
        self._file.write(json.dumps(value, separators=(",", ":")) + "\n")
        self._file.flush()
