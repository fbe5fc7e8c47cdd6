"""How to reach a real API server: read from a kubeconfig, on the loopback interface or not at all."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox.loopback import is_loopback
from sandbox.plugin import PluginFault

KUBECONFIG_VARIABLE = "CODEKEEP_SANDBOX_KUBECONFIG"


@dataclass(frozen=True, kw_only=True)
class Access:
    """A server's URL, the certificates it is trusted by, and who we are to it."""

    server: str
    authority: str | None = None  # PEM; None trusts what the machine trusts
    token: str | None = field(default=None, repr=False)
    certificate: str | None = None  # PEM, with `key`
    key: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls) -> "Access | None":
        """What CODEKEEP_SANDBOX_KUBECONFIG names; None where it is not set."""
        path = os.environ.get(KUBECONFIG_VARIABLE)
        return cls.from_file(Path(path).expanduser()) if path else None

    @classmethod
    def from_file(cls, path: Path) -> "Access":
        """The current context of a kubeconfig. PluginFault where it cannot be used, or leads beyond loopback."""
        document = _document(path)
        context = _entry(path, document, "contexts", document.get("current-context"), "context")
        cluster = _entry(path, document, "clusters", context.get("cluster"), "cluster")
        user = _entry(path, document, "users", context.get("user"), "user")
        server = str(cluster.get("server") or "")
        parts = urlsplit(server)
        if parts.scheme != "https" or parts.username or not is_loopback(parts.hostname or ""):
            raise PluginFault(
                f"{KUBECONFIG_VARIABLE}: {path} leads to {server!r}, and the sandbox works on the loopback interface "
                "only (https://127.0.0.1:PORT); for a real cluster use --engine pulumi"
            )
        for unwelcome in ("exec", "auth-provider", "username"):
            if unwelcome in user:
                raise PluginFault(
                    f"{KUBECONFIG_VARIABLE}: {path} says who you are by `{unwelcome}`; give the user a token, or "
                    "client-certificate and client-key"
                )
        read = _Reader(path)
        token_file = user.get("tokenFile")
        return cls(
            server=server.rstrip("/"),
            authority=read.pem(cluster, "certificate-authority"),
            token=read.text(token_file).strip() if token_file else user.get("token"),
            certificate=read.pem(user, "client-certificate"),
            key=read.pem(user, "client-key"),
        )


class _Reader:
    """Files that a kubeconfig names are relative to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def text(self, name: str) -> str:
        try:
            return (self._path.parent / name).read_text(encoding="utf-8")
        except OSError as error:
            raise PluginFault(f"{KUBECONFIG_VARIABLE}: {self._path} names {name}: {error.strerror}") from error

    def pem(self, entry: Mapping[str, Any], name: str) -> str | None:
        """`NAME-data`, in base64, wins over the file of NAME."""
        if entry.get(f"{name}-data"):
            return base64.b64decode(entry[f"{name}-data"]).decode()
        return self.text(entry[name]) if entry.get(name) else None


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        said = error.strerror if isinstance(error, OSError) else "no YAML"
        raise PluginFault(f"{KUBECONFIG_VARIABLE}: {path} is no readable kubeconfig: {said}") from error
    if not isinstance(document, Mapping):
        raise PluginFault(f"{KUBECONFIG_VARIABLE}: {path} must be a mapping with contexts, clusters and users")
    return document


def _entry(path: Path, document: Mapping[str, Any], group: str, name: Any, inner: str) -> Mapping[str, Any]:
    named: Mapping[Any, Mapping[str, Any]] = {
        entry.get("name"): entry.get(inner) or {} for entry in document.get(group) or []
    }
    if name not in named:
        there = ", ".join(map(str, named)) or "none"
        raise PluginFault(f"{KUBECONFIG_VARIABLE}: {path} has no {inner} {name!r}; it has: {there}")
    return named[name]
