"""The ConfigMap with the keep's RuntimeSettings, which every pod of the release mounts."""

import json
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.release.base import ReleaseBase, digest
from components.release.pod import SETTINGS_KEY, SETTINGS_MAP

# Who may see what is read again while a process runs, so that a revocation waits for no rollout; the rest is only told.
NOT_READ_AT_START = (("access", "teams"), ("slo",), ("tenant", "display_name"))


@dataclass(frozen=True, kw_only=True)
class SettingsMapArgs:
    """`document` is the whole of RuntimeSettings as JSON text; it names secrets and holds none."""

    base: ReleaseBase
    document: pulumi.Input[str]


class SettingsMap(pulumi.ComponentResource):
    """One object, changed in place; whoever reads it at start is started anew by its digest."""

    def __init__(self, name: str, args: SettingsMapArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.settings_map:SettingsMap", name, None, opts)

        ConfigMap(
            name,
            metadata=args.base.keep_metadata(SETTINGS_MAP, "settings"),
            data={SETTINGS_KEY: args.document},
            opts=args.base.options(self),
        )

        self.register_outputs({"name": SETTINGS_MAP})


def start_digest(document: str) -> str:
    """Changes with what a process reads at its start, and with nothing else: an edit of teams rolls no pod."""
    read = json.loads(document)
    for *path, last in NOT_READ_AT_START:
        section = read
        for step in path:
            section = section.get(step, {})
        section.pop(last, None)
    return digest(json.dumps(read, sort_keys=True))
