"""Access to a real API server: read from a kubeconfig, on the loopback interface only."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.kubernetes.kubeconfig import Kubeconfig
from sandbox.loopback import is_loopback
from sandbox.plugin import PluginFault

KUBECONFIG_VARIABLE = "CODEKEEP_SANDBOX_KUBECONFIG"


@dataclass(frozen=True, kw_only=True)
class Access:
    """A server's URL, the certificates that verify it, and our credentials."""

    server: str
    authority: str | None = None  # PEM; None: the machine's own certificate authorities
    token: str | None = field(default=None, repr=False)
    certificate: str | None = None  # PEM, with `key`
    key: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls) -> "Access | None":
        """The access that CODEKEEP_SANDBOX_KUBECONFIG names; None where it is not set."""
        path = os.environ.get(KUBECONFIG_VARIABLE)
        return cls.from_file(Path(path).expanduser()) if path else None

    @classmethod
    def from_file(cls, path: Path) -> "Access":
        """The current context of a kubeconfig.

        Raises:
            PluginFault: the file cannot be used, or its server is not on loopback.
        """
        label = f"{KUBECONFIG_VARIABLE}: {path}"
        config = Kubeconfig.parse(label, _text(KUBECONFIG_VARIABLE, path))
        context = config.context()
        cluster = config.entry("cluster", context.get("cluster"))
        user = config.entry("user", context.get("user"))
        server = str(cluster.get("server") or "")
        parts = urlsplit(server)
        if parts.scheme != "https" or parts.username or not is_loopback(parts.hostname or ""):
            raise PluginFault(
                f"{label} leads to {server!r}, and the sandbox works on the loopback interface only "
                "(https://127.0.0.1:PORT); for a real cluster use --engine pulumi"
            )
        for refused in ("exec", "auth-provider", "username"):
            if refused in user:
                raise PluginFault(
                    f"{label} has a user with `{refused}`; give the user a token, or client-certificate and client-key"
                )

        def pem(entry: Mapping[str, Any], name: str) -> str | None:
            """`NAME-data`, in base64, takes precedence over the file of NAME, which is relative to the kubeconfig."""
            if entry.get(f"{name}-data"):
                return base64.b64decode(entry[f"{name}-data"]).decode()
            return _text(label, path.parent / entry[name]) if entry.get(name) else None

        token_file = user.get("tokenFile")
        return cls(
            server=server.rstrip("/"),
            authority=pem(cluster, "certificate-authority"),
            token=_text(label, path.parent / token_file).strip() if token_file else user.get("token"),
            certificate=pem(user, "client-certificate"),
            key=pem(user, "client-key"),
        )


def _text(label: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise PluginFault(f"{label}: {file} cannot be read: {error.strerror}") from error
