"""Update in place or replace, by the official provider's rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.engine_events import PropertyChange
from codekeep_contracts.property_path import covers, parse_path

from sandbox.engine.diff import compare
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.kinds import DATA, IDENTITY, REPLACE_ON, group_of
from sandbox.kubernetes.objects import is_autonamed, name_of, namespace_of

Object = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changes by path; changes in `replaces` cannot be made in place."""

    changes: tuple[PropertyChange, ...]
    replaces: frozenset[str]
    delete_before_replace: bool


def difference(old: Object, new: Object, cluster: Cluster, ignored: Sequence[str] = ()) -> Difference:
    """Compares two sets of inputs."""
    skip = [parse_path(path) for path in ignored]
    changes = tuple(
        change for change in compare(old, new) if not any(covers(path, parse_path(change.path)) for path in skip)
    )
    replacing = [parse_path(path) for path in _replacing(old, new, cluster)]
    replaces = frozenset(
        change.path for change in changes if any(covers(path, parse_path(change.path)) for path in replacing)
    )
    same_place = name_of(old) == name_of(new) and namespace_of(old) == namespace_of(new)
    return Difference(
        changes=changes,
        replaces=replaces,
        delete_before_replace=bool(replaces) and same_place and not is_autonamed(new),
    )


def _replacing(old: Object, new: Object, cluster: Cluster) -> tuple[str, ...]:
    key = (group_of(str(new.get("apiVersion", ""))), str(new.get("kind", "")))
    mutable = cluster.config_maps_mutable if key[1] == "ConfigMap" else cluster.secrets_mutable
    data = () if mutable else DATA.get(key, ())
    moved = ("kind",) if old.get("kind") != new.get("kind") else ()
    return (*IDENTITY, *REPLACE_ON.get(key, ()), *data, *moved)
