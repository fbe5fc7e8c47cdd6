"""Names and namespaces of objects, and the fields that the API server adds."""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
AUTONAMED = "pulumi.com/autonamed"
SUFFIX_DIGITS = 8
SERVER_METADATA = ("creationTimestamp", "generation", "resourceVersion", "uid")


def name_of(obj: Mapping[str, Any]) -> Any:
    return (obj.get("metadata") or {}).get("name")


def namespace_of(obj: Mapping[str, Any]) -> Any:
    return (obj.get("metadata") or {}).get("namespace")


def is_autonamed(obj: Mapping[str, Any]) -> bool:
    annotations = (obj.get("metadata") or {}).get("annotations")
    return isinstance(annotations, Mapping) and annotations.get(AUTONAMED) == "true"


def named(obj: Object, logical_name: str, seed: bytes, old: Mapping[str, Any]) -> Object:
    """The object with its name, else that of its last inputs, else a generated one (logical name, 8 hex digits)."""
    if name_of(obj):
        return obj
    kept = name_of(old) if is_autonamed(old) else None
    suffix = hashlib.sha256(seed).hexdigest()[:SUFFIX_DIGITS] if seed else uuid.uuid4().hex[:SUFFIX_DIGITS]
    return with_metadata(
        obj,
        name=kept or f"{logical_name}-{suffix}",
        annotations={**((obj.get("metadata") or {}).get("annotations") or {}), AUTONAMED: "true"},
    )


def with_metadata(obj: Object, **values: Any) -> Object:
    return {**obj, "metadata": {**(obj.get("metadata") or {}), **values}}


def id_of(obj: Mapping[str, Any]) -> str:
    """`namespace/name`, or the name alone for objects in no namespace."""
    namespace = namespace_of(obj)
    return f"{namespace}/{name_of(obj)}" if namespace else str(name_of(obj))


def label_of(obj: Mapping[str, Any]) -> str:
    """The object's kind and id, for messages."""
    return f"{obj['kind']} {id_of(obj)}"


def created(obj: Object) -> Object:
    """The object as the API server stores it."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    live = with_metadata(
        deepcopy(obj), uid=str(uuid.uuid4()), creationTimestamp=stamp, resourceVersion="1", generation=1
    )
    return _filled(live)


def updated(live: Object, obj: Object) -> Object:
    """The stored object with new inputs; fields that the server assigned stay."""
    before = live.get("metadata") or {}
    kept = {key: before[key] for key in SERVER_METADATA if key in before}
    fresh = _filled(with_metadata(deepcopy(obj), **kept))
    if "status" in live:
        fresh["status"] = live["status"]
    fresh["metadata"]["resourceVersion"] = str(int(kept.get("resourceVersion", "0")) + 1)
    fresh["metadata"]["generation"] = int(kept.get("generation", 1)) + (live.get("spec") != fresh.get("spec"))
    return fresh


def inputs_from(live: Object, known: Mapping[str, Any]) -> Object:
    """The inputs that would produce the live object. `known`: its last inputs, empty at an import."""
    metadata = {key: value for key, value in (live.get("metadata") or {}).items() if key not in SERVER_METADATA}
    inputs = {**{key: value for key, value in live.items() if key not in ("metadata", "status")}, "metadata": metadata}
    known_spec = known.get("spec") or {}
    spec = inputs.get("spec")
    if live.get("kind") == "Service" and isinstance(spec, Mapping) and "clusterIP" not in known_spec:
        inputs["spec"] = {key: value for key, value in spec.items() if key != "clusterIP"}
    if live.get("kind") == "Secret" and "stringData" in known:
        written = known["stringData"]
        data = {key: value for key, value in (live.get("data") or {}).items() if key not in written}
        inputs = {key: value for key, value in inputs.items() if key != "data"} | ({"data": data} if data else {})
        inputs["stringData"] = {
            key: base64.b64decode(live["data"][key]).decode() for key in written if key in (live.get("data") or {})
        }
    return inputs


def _filled(live: Object) -> Object:
    """With the defaults that others refer to: a service's address, a secret's encoded data, a namespace's phase."""
    kind = live.get("kind")
    if kind == "Service":
        spec = dict(live.get("spec") or {})
        if spec.get("type") != "ExternalName":
            spec.setdefault("clusterIP", _address(id_of(live)))
        live["spec"] = spec
    elif kind == "Secret" and live.get("stringData"):
        encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in live.pop("stringData").items()}
        live["data"] = {**(live.get("data") or {}), **encoded}
    elif kind == "Namespace":
        live.setdefault("status", {"phase": "Active"})
    return live


def _address(id_: str) -> str:
    digest = hashlib.sha256(id_.encode()).digest()
    return f"172.20.{digest[0]}.{digest[1] % 254 + 1}"
