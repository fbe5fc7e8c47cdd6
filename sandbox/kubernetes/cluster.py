"""Which cluster a provider speaks to: read from its kubeconfig, never contacted."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.plugin import PluginFault

VERSION_VARIABLE = "CODEKEEP_SANDBOX_KUBERNETES_VERSION"
DEFAULT_VERSION = "1.34"
DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """`identity` tells one cluster's objects from another's in the ledger."""

    identity: str
    namespace: str = DEFAULT_NAMESPACE
    version: str = DEFAULT_VERSION
    config_maps_mutable: bool = False
    secrets_mutable: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Cluster":
        """Reads the provider's inputs. PluginFault names the field at fault."""
        context = _context(config)
        return cls(
            identity=str(context.get("server") or "cluster"),
            namespace=str(config.get("namespace") or context.get("namespace") or DEFAULT_NAMESPACE),
            version=os.environ.get(VERSION_VARIABLE) or DEFAULT_VERSION,
            config_maps_mutable=_flag(config.get("enableConfigMapMutable")),
            secrets_mutable=_flag(config.get("enableSecretMutable")),
        )


def _context(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Server and namespace of the kubeconfig's current (or asked-for) context; nothing without a kubeconfig."""
    kubeconfig = config.get("kubeconfig")
    if not kubeconfig:
        return {}
    document = _document(kubeconfig)
    wanted = config.get("context") or document.get("current-context")
    contexts = {entry.get("name"): entry.get("context") or {} for entry in document.get("contexts") or []}
    if wanted not in contexts:
        there = ", ".join(map(str, contexts)) or "none"
        raise PluginFault(f"kubernetes provider: kubeconfig has no context {wanted!r}; it has: {there}")
    context = contexts[wanted]
    named = config.get("cluster") or context.get("cluster")
    clusters = {entry.get("name"): entry.get("cluster") or {} for entry in document.get("clusters") or []}
    if named not in clusters:
        there = ", ".join(map(str, clusters)) or "none"
        raise PluginFault(f"kubernetes provider: kubeconfig has no cluster {named!r}; it has: {there}")
    return {"server": clusters[named].get("server") or named, "namespace": context.get("namespace")}


def _document(kubeconfig: Any) -> Mapping[str, Any]:
    text = kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig)
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text).expanduser()
        if not path.is_file():
            raise PluginFault(
                f"kubernetes provider: kubeconfig is neither a document nor a file that is there: {text!r}"
            )
        text = path.read_text()
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PluginFault("kubernetes provider: kubeconfig is not YAML") from error
    if not isinstance(document, Mapping):
        raise PluginFault("kubernetes provider: kubeconfig must be a mapping with contexts and clusters")
    return document


def _flag(value: Any) -> bool:
    return value is True or value == "true"
