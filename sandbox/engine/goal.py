"""A registration of the program, read from its gRPC request. Refuses features that this engine does not support."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.engine.state import ResourceState
from sandbox.engine.values import props_from_struct

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class UnsupportedError(NotImplementedError):
    """The program uses a feature that the sandbox engine does not support."""


@dataclass(frozen=True)
class Alias:
    """Another identity that the resource may have had: a URN, or the parts of it that differ."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A resource as the program wants it.

    `state` has the program's values; its URN, and what it inherits from its parent, are filled in later.
    """

    name: str
    state: ResourceState
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    aliases: tuple[Alias, ...] = ()


def goal_from_request(request: Any, project_root: str) -> Goal:
    """The goal of a RegisterResource call.

    Raises:
        UnsupportedError: names the resource and the feature.
    """
    _refuse_unsupported(request)
    state = ResourceState(
        urn="",
        type=request.type,
        custom=request.custom,
        inputs=props_from_struct(request.object),
        parent=request.parent,
        provider=request.provider,
        dependencies=tuple(sorted(set(request.dependencies))),
        property_dependencies={
            key: tuple(sorted(deps.urns)) for key, deps in request.propertyDependencies.items() if deps.urns
        },
        deleted_with=request.deletedWith,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        import_id=request.importId,
        custom_timeouts=_timeouts(request.customTimeouts) if request.HasField("customTimeouts") else {},
        source_position=_position(request, project_root),
    )
    return Goal(
        name=request.name,
        state=state,
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        aliases=tuple(Alias(urn=urn) for urn in request.aliasURNs) + tuple(map(_alias, request.aliases)),
    )


def read_goal_from_request(request: Any, project_root: str) -> Goal:
    """The goal of a ReadResource call: a resource that exists and is read, not managed."""
    state = ResourceState(
        urn="",
        type=request.type,
        custom=True,
        external=True,
        id=request.id,
        inputs=props_from_struct(request.properties),
        parent=request.parent,
        provider=request.provider,
        dependencies=tuple(sorted(set(request.dependencies))),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        source_position=_position(request, project_root),
    )
    return Goal(name=request.name, state=state, version=request.version)


def _refuse_unsupported(request: Any) -> None:
    unsupported = {
        "remote components": request.remote,
        "transforms": bool(request.transforms),
        "resource hooks": request.HasField("hooks") and request.hooks.ListFields(),
        "replaceWith": bool(request.replace_with),
        "replacementTrigger": request.HasField("replacement_trigger")
        and request.replacement_trigger.WhichOneof("kind") not in (None, "null_value"),
        "state migrations": bool(getattr(request, "state_migrations", ())),
        "envVarMappings": bool(getattr(request, "envVarMappings", {})),
    }
    for feature, used in unsupported.items():
        if used:
            raise UnsupportedError(
                f"{request.type} {request.name!r} uses {feature}, which the sandbox engine does not support; "
                "run this program with the pulumi CLI (--engine pulumi)"
            )


def _alias(alias: Any) -> Alias:
    if not alias.HasField("spec"):
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


def _timeouts(timeouts: Any) -> Mapping[str, float]:
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
