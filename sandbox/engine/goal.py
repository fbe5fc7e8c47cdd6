"""What the program asks for: one registration, taken from the wire, with what this engine leaves out refused by
name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine.values import UNKNOWN, UNKNOWN_TEXT, Props, Value, props_from_struct

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class UnsupportedError(NotImplementedError):
    """The program uses what the sandbox engine leaves out."""


@dataclass(frozen=True)
class Alias:
    """Another identity that the resource may have had; either a whole URN or the parts that differ."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A resource as the program wants it."""

    type: str
    name: str
    custom: bool
    inputs: Props = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    import_id: str = ""
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    source_position: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadGoal:
    """A resource that exists and is to be read, not managed."""

    type: str
    name: str
    id: Value
    inputs: Props = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    version: str = ""
    dependencies: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    source_position: str = ""


def goal_from_request(request: Any, project_root: str) -> Goal:
    """Raises UnsupportedError, naming the resource and the feature."""
    _refuse_unsupported(request)
    inputs = props_from_struct(request.object)
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=inputs,
        parent=request.parent,
        provider=request.provider,
        providers=dict(request.providers),
        version=request.version,
        dependencies=tuple(sorted(set(request.dependencies))),
        property_dependencies={
            key: tuple(sorted(deps.urns)) for key, deps in request.propertyDependencies.items() if deps.urns
        },
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        deleted_with=request.deletedWith,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=tuple(Alias(urn=urn) for urn in request.aliasURNs) + tuple(map(_alias, request.aliases)),
        import_id=request.importId,
        custom_timeouts=_timeouts(request.customTimeouts) if request.HasField("customTimeouts") else {},
        source_position=_position(request, project_root),
    )


def read_goal_from_request(request: Any, project_root: str) -> ReadGoal:
    return ReadGoal(
        type=request.type,
        name=request.name,
        id=UNKNOWN if request.id == UNKNOWN_TEXT else request.id,
        inputs=props_from_struct(request.properties),
        parent=request.parent,
        provider=request.provider,
        version=request.version,
        dependencies=tuple(sorted(set(request.dependencies))),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        source_position=_position(request, project_root),
    )


def _refuse_unsupported(request: Any) -> None:
    left_out = {
        "remote components": request.remote,
        "transforms": bool(request.transforms),
        "resource hooks": request.HasField("hooks") and request.hooks.ListFields(),
        "replaceWith": bool(request.replace_with),
        "replacementTrigger": request.HasField("replacement_trigger")
        and request.replacement_trigger.WhichOneof("kind") not in (None, "null_value"),
        "state migrations": bool(getattr(request, "state_migrations", ())),
        "envVarMappings": bool(getattr(request, "envVarMappings", {})),
    }
    for feature, used in left_out.items():
        if used:
            raise UnsupportedError(
                f"{request.type} {request.name!r} uses {feature}, which the sandbox engine leaves out; "
                "run this program with the pulumi CLI (--engine pulumi)"
            )


def _alias(alias: Any) -> Alias:
    if alias.HasField("spec"):
        spec = alias.spec
        return Alias(
            name=spec.name,
            type=spec.type,
            stack=spec.stack,
            project=spec.project,
            parent=spec.parentUrn,
            no_parent=spec.noParent,
        )
    return Alias(urn=alias.urn)


def _timeouts(timeouts: Any) -> dict[str, float]:
    texts = {key: getattr(timeouts, key, "") for key in ("create", "update", "delete", "read")}
    return {key: _seconds(text) for key, text in texts.items() if text}


def _seconds(text: str) -> float:
    """`1h30m` → 5400. Raises ValueError."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"customTimeouts must look like 90s, 5m or 1h30m, got {text!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _position(request: Any, project_root: str) -> str:
    """`project:///stacks/x.py#12,0`; empty outside the project, as Pulumi records it."""
    if not request.HasField("sourcePosition"):
        return ""
    position = request.sourcePosition
    root = f"file://{project_root.rstrip('/')}/"
    if not position.uri.startswith(root):
        return ""
    place = f"{position.line},{position.column}" if position.column else f"{position.line}"
    return f"project:///{position.uri.removeprefix(root)}#{place}"
