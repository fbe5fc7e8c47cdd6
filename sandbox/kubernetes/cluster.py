"""The cluster that a provider is for: read from its kubeconfig, never contacted."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.kubernetes.kubeconfig import Kubeconfig
from sandbox.plugin import PluginFault

VERSION_VARIABLE = "CODEKEEP_SANDBOX_KUBERNETES_VERSION"
DEFAULT_VERSION = "1.34"
DEFAULT_NAMESPACE = "default"
LABEL = "kubernetes provider: kubeconfig"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """`identity` separates the objects of clusters in the ledger."""

    identity: str
    namespace: str = DEFAULT_NAMESPACE
    version: str = DEFAULT_VERSION
    config_maps_mutable: bool = False
    secrets_mutable: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Cluster":
        """Reads the provider's inputs.

        Raises:
            PluginFault: a field is wrong; the message names it.
        """
        server, namespace = _current(config)
        return cls(
            identity=server or "cluster",
            namespace=str(config.get("namespace") or namespace or DEFAULT_NAMESPACE),
            version=os.environ.get(VERSION_VARIABLE) or DEFAULT_VERSION,
            config_maps_mutable=_flag(config.get("enableConfigMapMutable")),
            secrets_mutable=_flag(config.get("enableSecretMutable")),
        )


def _current(config: Mapping[str, Any]) -> tuple[str, str]:
    """Server and namespace of the context in use; empty without a kubeconfig."""
    kubeconfig = config.get("kubeconfig")
    if not kubeconfig:
        return "", ""
    text = kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig)
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text).expanduser()
        if not path.is_file():
            raise PluginFault(f"{LABEL} is neither a document nor an existing file: {text!r}")
        text = path.read_text()
    document = Kubeconfig.parse(LABEL, text)
    context = document.context(config.get("context"))
    name = config.get("cluster") or context.get("cluster")
    return str(document.entry("cluster", name).get("server") or name), str(context.get("namespace") or "")


def _flag(value: Any) -> bool:
    return value is True or value == "true"
