"""What a policy pack is configured with: what it declares of itself, then the file given for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.plugins import PluginError

LEVELS = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
    "disabled": analyzer_pb2.DISABLED,
}
LEVEL_KEY = "enforcementLevel"
ALL = "all"  # the name that stands for every policy of the pack


def read_pack_config(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Properties by policy, as in the file of pulumi's `--policy-pack-config`; a bare text is a level.

    Raises PluginError on what is no such file.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PluginError(f"policy pack configuration {path}: {error}") from error
    if not isinstance(document, dict):
        raise PluginError(f"policy pack configuration {path}: must be an object of policies, got {document!r}")
    return {name: _setting(path, name, value) for name, value in document.items()}


def pack_config(info: Any, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`PolicyConfig` by policy: the defaults that the pack declares, its initial configuration, then what is given.

    As with pulumi, names that the pack does not have are passed on; what they mean is the pack's to say.
    """
    config = {
        policy.name: _config({LEVEL_KEY: policy.enforcementLevel, **_defaults(policy)}) for policy in info.policies
    }
    initial = {
        name: {LEVEL_KEY: setting.enforcementLevel, **json_format.MessageToDict(setting.properties)}
        for name, setting in info.initialConfig.items()
    }
    for settings in (initial, given):
        _apply(config, settings)
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
    return {**setting, LEVEL_KEY: LEVELS[level]}


def _apply(config: dict[str, Any], settings: Mapping[str, Mapping[str, Any]]) -> None:
    level = settings.get(ALL, {}).get(LEVEL_KEY)
    if level is not None:
        for each in config.values():
            each.enforcementLevel = level
    for name, setting in settings.items():
        config.setdefault(name, analyzer_pb2.PolicyConfig()).MergeFrom(_config(setting))
        if LEVEL_KEY in setting:
            config[name].enforcementLevel = setting[LEVEL_KEY]  # merging leaves out 0, which is advisory


def _defaults(policy: Any) -> dict[str, Any]:
    schema = json_format.MessageToDict(policy.configSchema.properties)
    return {name: each["default"] for name, each in schema.items() if "default" in each}


def _config(setting: Mapping[str, Any]) -> Any:
    config = analyzer_pb2.PolicyConfig(enforcementLevel=setting.get(LEVEL_KEY, analyzer_pb2.ADVISORY))
    config.properties.update({name: value for name, value in setting.items() if name != LEVEL_KEY})
    return config
