"""Property paths in values of the engine, which may be secrets."""

from codekeep_contracts.property_path import Path, value_at

from sandbox.engine.values import Props, Secret, Value


def get(value: Value, path: Path) -> Value:
    """The value at a path, inside secrets too; None where there is none."""
    return value_at(value, path, unwrap=lambda inside: inside.value if isinstance(inside, Secret) else inside)


def keep_old(new: Props, old: Props, path: Path) -> Props:
    """`new` with the value at `path` as in `old`: set, restored or removed."""
    result = _keep(new, old, path)
    return result if isinstance(result, dict) else new


def _keep(new: Value, old: Value, path: Path) -> Value:
    if not path:
        return old
    if isinstance(new, Secret) and isinstance(old, Secret):
        return Secret(_keep(new.value, old.value, path))
    head, rest = path[0], path[1:]
    if isinstance(new, dict) and isinstance(old, dict):
        return _keep_in_object(new, old, head, rest)
    if isinstance(new, list) and isinstance(old, list):
        indexes = range(min(len(new), len(old))) if head == "*" else [head]
        result = list(new)
        for index in indexes:
            if isinstance(index, int) and index < min(len(new), len(old)):
                result[index] = _keep(new[index], old[index], rest)
        return result
    return new


def _keep_in_object(new: Props, old: Props, head: str | int, rest: Path) -> Props:
    result = dict(new)
    for key in new.keys() | old.keys() if head == "*" else [str(head)]:
        if key in new and key in old:
            result[key] = _keep(new[key], old[key], rest)
        elif key in old and not rest:
            result[key] = old[key]
        elif key in new and not rest:
            del result[key]
    return result
