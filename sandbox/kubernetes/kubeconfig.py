"""Reads the entries of a kubeconfig."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sandbox.plugin import PluginFault


@dataclass(frozen=True)
class Kubeconfig:
    """A kubeconfig's document. `label` names it in errors."""

    label: str
    document: Mapping[str, Any]

    @classmethod
    def parse(cls, label: str, text: str) -> "Kubeconfig":
        """Raises:
        PluginFault: the text is no YAML mapping.
        """
        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise PluginFault(f"{label} is not YAML") from error
        if not isinstance(document, Mapping):
            raise PluginFault(f"{label} must be a mapping with contexts, clusters and users")
        return cls(label, document)

    def context(self, name: str | None = None) -> Mapping[str, Any]:
        """The context of that name, else the current one."""
        return self.entry("context", name or self.document.get("current-context"))

    def entry(self, kind: str, name: Any) -> Mapping[str, Any]:
        """The `context`, `cluster` or `user` of a name.

        Raises:
            PluginFault: there is none; the message lists those there are.
        """
        entries = {each.get("name"): each.get(kind) or {} for each in self.document.get(f"{kind}s") or []}
        if name not in entries:
            known = ", ".join(map(str, entries)) or "none"
            raise PluginFault(f"{self.label} has no {kind} {name!r}; it has: {known}")
        found: Mapping[str, Any] = entries[name]
        return found
