"""The ConfigMap with the keep's RuntimeSettings, which the pods of the release mount."""

import json
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.release.base import ReleaseBase, text_digest
from components.release.pod import SETTINGS_KEY, SETTINGS_MAP

# Teams are read again while a process runs, so that a revocation needs no rollout; the others are only informative.
NOT_READ_AT_START = (("access", "teams"), ("slo",), ("tenant", "display_name"))


@dataclass(frozen=True, kw_only=True)
class SettingsMapArgs:
    """`document` is the RuntimeSettings as JSON text. It names secrets, and contains none."""

    base: ReleaseBase
    document: pulumi.Input[str]


class SettingsMap(pulumi.ComponentResource):
    """One ConfigMap, changed in place. A change of its digest restarts the pods that read it at their start."""

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
    """Changes only with what a process reads at its start: an edit of teams restarts no pod."""
    settings = json.loads(document)
    for *path, last in NOT_READ_AT_START:
        section = settings
        for step in path:
            section = section.get(step, {})
        section.pop(last, None)
    return text_digest(json.dumps(settings, sort_keys=True))
