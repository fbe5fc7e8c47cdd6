"""The address of a repository: an allowed URL, or a path."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from codekeep_contracts.faults import UsageFault

from codekeep_runtime.core import LOCAL_HOST, RepositoryId

_SCP = re.compile(r"(?P<user>[A-Za-z0-9_.-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^:].*)")


@dataclass(frozen=True)
class Location:
    """`address` is for git: an https or ssh URL, or an absolute path."""

    address: str
    host: str  # with its port; "" for a path

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses a URL (https, ssh, file, user@host:path) or the path of a working tree or bare repository.

        Raises:
            UsageFault: another scheme, a password in the URL, or not a folder.
        """
        if "://" in text:
            return cls._of_url(text)
        if match := _SCP.fullmatch(text):
            return cls(f"ssh://{match['user']}@{match['host']}/{match['path'].lstrip('/')}", match["host"])
        return cls._of_path(Path(text))

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def is_ssh(self) -> bool:
        return self.address.startswith("ssh://")

    @property
    def path(self) -> Path | None:
        return None if self.host else Path(self.address)

    def repository(self) -> RepositoryId:
        """host/owner/name from the address.

        Raises:
            UsageFault: the address has no owner and name.
        """
        path = self.address if not self.host else urlsplit(self.address).path
        parts = [part for part in path.removesuffix("/.git").removesuffix(".git").split("/") if part]
        if not self.host:
            return RepositoryId(LOCAL_HOST, "/".join(parts[:-1]) or "root", parts[-1] if parts else "root")
        return RepositoryId.parse("/".join([self.host.partition(":")[0], *parts]))

    @classmethod
    def _of_url(cls, text: str) -> Self:
        try:
            url = urlsplit(text)
            host = url.hostname or ""
            port = f":{url.port}" if url.port else ""
        except ValueError:
            raise UsageFault("the URL of a repository cannot be read; write https://host/owner/name") from None
        if url.scheme == "file":
            return cls._of_path(Path(url.path))
        if url.scheme not in ("https", "ssh") or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", host):
            raise UsageFault(f"a repository is fetched by https, ssh or from a path, got the scheme {url.scheme!r}")
        if url.password or (url.username and url.scheme == "https"):
            raise UsageFault("a URL must not contain a user or a password; give a credential instead")
        user = f"{url.username}@" if url.username else ""
        return cls(f"{url.scheme}://{user}{host}{port}{url.path}", f"{host}{port}")

    @classmethod
    def _of_path(cls, path: Path) -> Self:
        if not path.is_dir():
            raise UsageFault(f"{str(path)!r} is no folder; give the path of a Git repository, or a URL")
        return cls(str(path.resolve()), "")
