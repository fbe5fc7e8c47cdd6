"""The ConfigMap with the keep's RuntimeSettings, which every pod of the release mounts."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.release.base import ReleaseBase
from components.release.pod import SETTINGS_KEY, SETTINGS_MAP


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
