"""Configuration of a policy pack: what the pack declares, then the file given for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.plugins import PluginError

LEVELS = ("advisory", "mandatory", "remediate", "disabled")
LEVEL_KEY = "enforcementLevel"
ALL = "all"  # every policy of the pack


def read_pack_config(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Properties by policy, from a file of pulumi's `--policy-pack-config`; a text alone is a level.

    Raises:
        PluginError: it is no such file.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PluginError(f"policy pack configuration {path}: {error}") from error
    if not isinstance(document, dict):
        raise PluginError(f"policy pack configuration {path}: must be an object of policies, got {document!r}")
    return {name: _setting(path, name, value) for name, value in document.items()}


def pack_config(info: Any, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`PolicyConfig` by policy: the pack's defaults, its initial configuration, then `settings`.

    As with pulumi, names that the pack does not have are passed on to it.
    """
    config = {
        policy.name: _config({LEVEL_KEY: policy.enforcementLevel, **_defaults(policy)}) for policy in info.policies
    }
    initial = {
        name: {LEVEL_KEY: setting.enforcementLevel, **json_format.MessageToDict(setting.properties)}
        for name, setting in info.initialConfig.items()
    }
    for each in (initial, settings):
        _apply(config, each)
    return config


def _setting(path: Path, name: str, value: Any) -> Mapping[str, Any]:
    setting = {LEVEL_KEY: value} if isinstance(value, str) else value
    if not isinstance(setting, dict):
        raise PluginError(f"policy pack configuration {path}: {name} must be a level or an object, got {value!r}")
    level = setting.get(LEVEL_KEY)
    if level is None:
        return setting
    if level not in LEVELS:
        raise PluginError(
            f"policy pack configuration {path}: the level of {name} must be one of {', '.join(LEVELS)}, got {level!r}"
        )
    return {**setting, LEVEL_KEY: analyzer_pb2.EnforcementLevel.Value(level.upper())}


def _apply(config: dict[str, Any], settings: Mapping[str, Mapping[str, Any]]) -> None:
    level = settings.get(ALL, {}).get(LEVEL_KEY)
    if level is not None:
        for each in config.values():
            each.enforcementLevel = level
    for name, setting in settings.items():
        config.setdefault(name, analyzer_pb2.PolicyConfig()).MergeFrom(_config(setting))
        if LEVEL_KEY in setting:
            config[name].enforcementLevel = setting[LEVEL_KEY]  # merging skips 0, which is advisory


def _defaults(policy: Any) -> dict[str, Any]:
    schema = json_format.MessageToDict(policy.configSchema.properties)
    return {name: each["default"] for name, each in schema.items() if "default" in each}


def _config(setting: Mapping[str, Any]) -> Any:
    config = analyzer_pb2.PolicyConfig(enforcementLevel=setting.get(LEVEL_KEY, analyzer_pb2.ADVISORY))
    config.properties.update({name: value for name, value in setting.items() if name != LEVEL_KEY})
    return config
