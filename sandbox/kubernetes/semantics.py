"""The API server's checks beyond schemas: names, labels, and selectors that must match their templates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.schemas import Failure, Object

LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DNS_LABEL = re.compile(f"^{LABEL}$")
DNS_SUBDOMAIN = re.compile(rf"^{LABEL}(\.{LABEL})*$")
QUALIFIED = re.compile(rf"^({LABEL}(\.{LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
LABEL_VALUE = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")
RBAC_KINDS = frozenset({"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"})  # their names may contain colons
LABEL_KINDS = frozenset({"Namespace", "Service"})
SELECTING = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})
LONGEST_LABEL = 63
LONGEST_NAME = 253


def check(obj: Object) -> list[Failure]:
    """All failures. Unknown values are not checked."""
    return [*_name(obj), *_labels(obj), *_selector(obj), *_restart_policy(obj)]


def _name(obj: Object) -> Iterator[Failure]:
    name = _at(obj, "metadata", "name")
    if not isinstance(name, str) or obj["kind"] in RBAC_KINDS:
        return
    label = obj["kind"] in LABEL_KINDS
    longest = LONGEST_LABEL if label else LONGEST_NAME
    if not (DNS_LABEL if label else DNS_SUBDOMAIN).match(name) or len(name) > longest:
        allowed = "lower-case letters, digits and '-'" if label else "lower-case letters, digits, '-' and '.'"
        yield Failure("metadata.name", f"must be at most {longest} {allowed}, got {name!r}")


def _labels(obj: Object) -> Iterator[Failure]:
    for place in (("metadata", "labels"), ("spec", "template", "metadata", "labels")):
        labels = _at(obj, *place)
        for key, value in labels.items() if isinstance(labels, Mapping) else ():
            path = f"{'.'.join(place)}[{key!r}]"
            if not QUALIFIED.match(key) or len(key.rpartition("/")[2]) > LONGEST_LABEL:
                yield Failure(path, "no valid label key")
            if isinstance(value, str) and (not LABEL_VALUE.match(value) or len(value) > LONGEST_LABEL):
                yield Failure(path, f"no valid label value: {value!r}")


def _selector(obj: Object) -> Iterator[Failure]:
    if obj["kind"] not in SELECTING:
        return
    selector = _at(obj, "spec", "selector", "matchLabels")
    labels = _at(obj, "spec", "template", "metadata", "labels") or {}
    for key, value in selector.items() if isinstance(selector, Mapping) else ():
        if isinstance(labels, Mapping) and labels.get(key) != value:
            yield Failure(
                "spec.selector", f"does not match spec.template.metadata.labels: {key}={value!r} is not there"
            )


def _restart_policy(obj: Object) -> Iterator[Failure]:
    place = {"Job": (), "CronJob": ("jobTemplate", "spec")}.get(str(obj["kind"]))
    if place is None or not isinstance(_at(obj, "spec", *place, "template", "spec"), Mapping):
        return
    policy = _at(obj, "spec", *place, "template", "spec", "restartPolicy")
    if policy is None or policy == "Always":
        path = ".".join(("spec", *place, "template.spec.restartPolicy"))
        yield Failure(path, f"must be OnFailure or Never for a {obj['kind']}, got {policy or 'nothing'}")


def _at(value: Any, *path: str) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
