"""The difference between a resource's old and new inputs, and whether it updates or replaces."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox.aws.resource import Props, Resource
from sandbox.aws.values import has_unknown

INTERNAL = "__"
PLAIN_KEY = re.compile(r"^[A-Za-z_$][A-Za-z0-9_$]*$")
STATEMENT_LISTS = ("Action", "NotAction", "Resource", "NotResource")
STATEMENT_MAPS = ("Principal", "NotPrincipal")


class Kind(Enum):
    """How a property changed."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed property: its Pulumi path and the top-level property it belongs to."""

    path: str
    top: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that changed; `replaces` names the top-level properties that force a new resource."""

    changes: tuple[Change, ...]
    replaces: frozenset[str]

    @property
    def changed(self) -> frozenset[str]:
        return frozenset(change.top for change in self.changes)


def difference(resource: Resource, computed: frozenset[str], old: Props, new: Props) -> Difference:
    """Compares inputs the way AWS would: empty equals missing, sets and policy documents by their meaning.

    A `computed` property that the program no longer mentions keeps its value.
    """
    compared = {key: value for key, value in old.items() if key not in computed or new.get(key) is not None}
    changes = tuple(_changes(resource, compared, new))
    changed = frozenset(change.top for change in changes)
    replaces = resource.replaces(old, new, changed) | (changed & {"region"})
    return Difference(changes=changes, replaces=replaces)


def same(left: Any, right: Any, *, ordered: bool = False) -> bool:
    """Whether two values mean the same to AWS. An unknown equals no other value."""
    if has_unknown(left) or has_unknown(right):
        return False
    return bool(_meaning(left, ordered) == _meaning(right, ordered))


def reconciled(resource: Resource, computed: frozenset[str], old_inputs: Props, old_state: Props, live: Props) -> Props:
    """Inputs after a refresh: as the program wrote them where nothing changed, as AWS has them where something did.

    What the program never set is left out where AWS fills it in by itself (`computed`) or nothing happened to it.
    """
    if not old_inputs and not old_state:
        return {key: value for key, value in live.items() if not _is_empty(value)}
    looked_at = {key: value for key, value in live.items() if key in old_inputs or key not in computed}
    return _reconciled_map(old_inputs, old_state, looked_at, resource.ordered)


def _reconciled_map(old: Mapping[str, Any], state: Mapping[str, Any], live: Props, ordered: frozenset[str]) -> Props:
    result: Props = {key: value for key, value in old.items() if key.startswith(INTERNAL)}
    for key, value in live.items():
        before = old.get(key)
        if key in old and same(before, value, ordered=key in ordered):
            result[key] = before
        elif isinstance(before, Mapping) and isinstance(value, Mapping):
            below = state.get(key)
            result[key] = _reconciled_map(before, below if isinstance(below, Mapping) else {}, dict(value), ordered)
        elif key in old or not (_is_empty(value) or same(state.get(key), value, ordered=key in ordered)):
            result[key] = value
    return {key: value for key, value in result.items() if key in old or not _is_empty(value)}


def _changes(resource: Resource, old: Props, new: Props) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        if not key.startswith(INTERNAL):
            for path, kind in _deep(old.get(key), new.get(key), key, ordered=key in resource.ordered):
                yield Change(path=path, top=key, kind=kind)


def _deep(old: Any, new: Any, path: str, *, ordered: bool) -> Iterator[tuple[str, Kind]]:
    if same(old, new, ordered=ordered):
        return
    if _is_empty(old):
        yield path, Kind.ADD
    elif _is_empty(new):
        yield path, Kind.DELETE
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _deep(old.get(key), new.get(key), f"{path}{_step(key)}", ordered=ordered)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _deep_list(old, new, path, ordered=ordered)
    else:
        yield path, Kind.UPDATE


def _deep_list(old: list[Any], new: list[Any], path: str, *, ordered: bool) -> Iterator[tuple[str, Kind]]:
    """Item by item; in a set, items that both sides have are no change wherever they stand."""
    if not ordered:
        gone = _without(old, new)
        come = _without(new, old)
        if len(old) == len(new) == len(gone) == 1:
            yield from _deep(old[0], new[0], f"{path}[0]", ordered=ordered)
            return
        yield from ((f"{path}[{old.index(item)}]", Kind.DELETE) for item in gone)
        yield from (
            (f"{path}[{index}]", Kind.ADD) for index, item in enumerate(new) if any(item is one for one in come)
        )
        return
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        yield from _deep(before, after, f"{path}[{index}]", ordered=ordered)


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    """Items without an equal partner among the others."""
    left = list(others)
    result = []
    for item in items:
        partner = next((index for index, other in enumerate(left) if same(item, other)), None)
        if partner is None:
            result.append(item)
        else:
            left.pop(partner)
    return result


def _step(key: str) -> str:
    return f".{key}" if PLAIN_KEY.match(key) else f"[{json.dumps(key)}]"


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping | list) and not value)


def _meaning(value: Any, ordered: bool) -> Any:
    """A form in which equal meanings are equal values."""
    if _is_empty(value):
        return None
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, str):
        return _text_meaning(value)
    if isinstance(value, Mapping):
        items = {key: _meaning(item, ordered) for key, item in value.items()}
        return {key: item for key, item in items.items() if item is not None} or None
    if isinstance(value, list):
        items_ = [_meaning(item, ordered) for item in value]
        return items_ if ordered else sorted(items_, key=repr_of)
    return value


def repr_of(value: Any) -> str:
    """A stable sort key for any plain value."""
    return json.dumps(value, sort_keys=True, default=repr)


def _text_meaning(text: str) -> Any:
    if text[:1] not in "{[":
        return text
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if isinstance(document, dict) and "Statement" in document:
        return ("policy", repr_of(_policy(document)))
    return ("json", repr_of(document))


def _policy(document: dict[str, Any]) -> dict[str, Any]:
    """An IAM policy with one spelling for everything: single values as lists, lists sorted."""
    statements = [_statement(item) for item in _as_list(document["Statement"]) if isinstance(item, Mapping)]
    return {**document, "Statement": sorted(statements, key=repr_of)}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(statement)
    for key in STATEMENT_LISTS:
        if key in result:
            result[key] = sorted(_as_list(result[key]), key=repr_of)
    for key in STATEMENT_MAPS:
        if key in result:
            result[key] = _principal(result[key])
    if isinstance(result.get("Condition"), Mapping):
        result["Condition"] = {
            operator: {name: sorted(map(_scalar_text, _as_list(value))) for name, value in keys.items()}
            for operator, keys in result["Condition"].items()
        }
    return result


def _principal(value: Any) -> Any:
    if value == "*":
        return {"AWS": ["*"]}
    if isinstance(value, Mapping):
        return {key: sorted(_as_list(item), key=repr_of) for key, item in value.items()}
    return value


def _scalar_text(value: Any) -> str:
    """Conditions compare booleans and numbers by their text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
