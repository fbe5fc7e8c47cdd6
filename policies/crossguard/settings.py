"""The pack's configuration: which rules only advise, and which waivers apply. Set by `--policy-pack-config`:

{"all": "advisory", "key-rotation": "mandatory", "waivers": {"file": "policies/waivers.yaml"}}
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from policies.waivers import Waiver, WaiverError, load_waivers

WAIVERS_POLICY = "waivers"
WAIVERS_FILE = Path("policies", "waivers.yaml")
ALL = "all"  # engines apply it to every policy, and send it too
ALLOWED_LEVELS = (analyzer_pb2.MANDATORY, analyzer_pb2.ADVISORY)


class SettingsError(ValueError):
    """The pack's configuration cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`levels` are enforcement levels by policy name; what is not in it is mandatory."""

    levels: Mapping[str, int] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def level(self, policy: str) -> Any:
        """The protocol's EnforcementLevel."""
        return self.levels.get(policy, analyzer_pb2.MANDATORY)


def settings_of(config: Mapping[str, Any], policies: Collection[str], root: Path, today: date) -> Settings:
    """Settings from the PolicyConfig of each policy; the path of the waivers' file is relative to `root`.

    Raises:
        SettingsError: an unknown policy, a level that is not allowed, or a waiver file that cannot be used.
    """
    unknown = sorted(config.keys() - {*policies, ALL})
    if unknown:
        raise SettingsError(f"no policy is called {', '.join(unknown)}; policies of this pack: {', '.join(policies)}")
    levels = {name: setting.enforcementLevel for name, setting in config.items()}
    for name, level in levels.items():
        if level not in ALLOWED_LEVELS:
            word = analyzer_pb2.EnforcementLevel.Name(level).lower()
            raise SettingsError(
                f"{name} must be mandatory or advisory, got {word}; to exempt a resource from a rule, waive the finding"
            )
    properties = json_format.MessageToDict(config[WAIVERS_POLICY].properties) if WAIVERS_POLICY in config else {}
    return Settings(levels=levels, waivers=_waivers(properties, root, today))


def _waivers(properties: Mapping[str, Any], root: Path, today: date) -> tuple[Waiver, ...]:
    """The waivers of the file named, else of the project's own file, where it has one."""
    unknown = sorted(properties.keys() - {"file"})
    if unknown:
        raise SettingsError(f"{WAIVERS_POLICY} takes only `file`, got {', '.join(unknown)}")
    named = properties.get("file")
    if named is not None and not isinstance(named, str):
        raise SettingsError(f"{WAIVERS_POLICY}: `file` must be a path, got {named!r}")
    path = root / (named or WAIVERS_FILE)
    if named is None and not path.exists():
        return ()
    try:
        return load_waivers(path, today)
    except WaiverError as fault:
        raise SettingsError(str(fault)) from fault
