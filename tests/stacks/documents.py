"""The shipped specs as documents, and changes to them by path."""

import copy
from pathlib import Path
from typing import Any

from stacks.spec import document_in

ROOT = Path(__file__).parents[2]
DELETE = object()


def document(stack: str) -> Any:
    """The spec document of a shipped stack, fresh for each caller."""
    return copy.deepcopy(document_in(ROOT / f"Pulumi.{stack}.yaml")[1])


def changed(base: Any, path: str, value: Any) -> Any:
    """A copy of the document with the value at a path like `pools.0.min` replaced, added or (DELETE) removed."""
    result = copy.deepcopy(base)
    parts = [int(part) if part.isdigit() else part for part in path.split("|" if "|" in path else ".")]
    place = result
    for part in parts[:-1]:
        place = place[part]
    if value is DELETE:
        del place[parts[-1]]
    elif isinstance(place, list) and parts[-1] == len(place):
        place.append(value)
    else:
        place[parts[-1]] = value
    return result
