"""Differences between two sets of properties, and what they mean for a resource."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from codekeep_contracts.engine_events import ChangeKind, PropertyChange
from codekeep_contracts.property_path import Path, covers, format_path, parse_path

from sandbox.engine.paths import get, keep_old
from sandbox.engine.values import Props, Secret, Value, equal, mask, reveal, secret

INIT_ERROR_KEY = "#initerror"


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What changes in a resource. Changes of `replace_keys` cannot be made in place."""

    changed: bool
    changes: tuple[PropertyChange, ...] = ()
    changed_keys: tuple[str, ...] = ()
    replace_keys: tuple[str, ...] = ()
    delete_before_replace: bool = False

    @property
    def replaces(self) -> bool:
        return self.changed and bool(self.replace_keys)


def compare(old: Mapping[str, Value], new: Mapping[str, Value]) -> tuple[PropertyChange, ...]:
    """The differing leaves, in the order of their paths."""
    return tuple(_compare(old, new, ()))


def _compare(old: Value, new: Value, path: Path) -> Iterator[PropertyChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                yield _change(ChangeKind.DELETE, (*path, key), old[key], None)
            elif key not in old:
                yield _change(ChangeKind.ADD, (*path, key), None, new[key])
            else:
                yield from _compare(old[key], new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare(dict(enumerate(old)), dict(enumerate(new)), path)
    elif isinstance(old, Secret) or isinstance(new, Secret):
        if not equal(reveal(old), reveal(new)):
            yield PropertyChange(format_path(path), ChangeKind.UPDATE, mask(secret(old)), mask(secret(new)))
    elif not equal(old, new):
        yield _change(ChangeKind.UPDATE, path, old, new)


def _change(kind: ChangeKind, path: Path, old: Value, new: Value) -> PropertyChange:
    return PropertyChange(format_path(path), kind, mask(old), mask(new))


def detailed(
    old_inputs: Props, old_outputs: Props, new: Props, kinds: Mapping[str, tuple[ChangeKind, bool]]
) -> tuple[PropertyChange, ...]:
    """Completes a provider's diff with the values. `kinds`: path → (kind, whether the inputs were compared)."""
    changes = []
    for text, (kind, of_inputs) in sorted(kinds.items()):
        path = parse_path(text)
        old = get(old_inputs if of_inputs else old_outputs, path)
        hidden = any(
            isinstance(get(bag, path[:length]), Secret)
            for bag in (old_inputs, old_outputs, new)
            for length in range(1, len(path) + 1)
        )
        old_shown, new_shown = mask(old), mask(get(new, path))
        if hidden:
            old_shown, new_shown = "[secret]", "[secret]"
        changes.append(PropertyChange(text, kind, old_shown, new_shown))
    return tuple(changes)


def apply_ignore_changes(new: Props, old: Props, ignored: Sequence[str]) -> Props:
    """Inputs with the old values at the ignored paths. Raises ValueError on a bad path."""
    for text in ignored:
        new = keep_old(new, old, parse_path(text))
    return new


def apply_replace_on_changes(diff: Diff, paths: Sequence[str], *, has_init_errors: bool = False) -> Diff:
    """Turns changes at or below the paths into replacements. Raises ValueError on a bad path."""
    if not paths or not (diff.changed or has_init_errors):
        return diff
    outer = [parse_path(text) for text in paths]

    def hit(text: str) -> bool:
        return any(covers(path, parse_path(text)) for path in outer)

    changes = tuple(replace(c, kind=c.kind.replacing()) if hit(c.path) else c for c in diff.changes)
    # A path into a property (`tags.env`) replaces only where that changed, not where anything else in `tags` did.
    hits = [str(parse_path(change.path)[0]) for change in changes if hit(change.path)]
    keys = [*diff.replace_keys, *hits, *(key for key in diff.changed_keys if hit(key))]
    if has_init_errors and ("*",) in outer:
        keys.append(INIT_ERROR_KEY)
    return replace(diff, changed=diff.changed or bool(keys), changes=changes, replace_keys=tuple(dict.fromkeys(keys)))
