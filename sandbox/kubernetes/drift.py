"""Compares the inputs of a program with the object on the server."""

from collections.abc import Mapping
from typing import Any


def drifted(known: Any, applied: Any, live: Any) -> Any:
    """`known` with the live value wherever that differs from the result of applying `known`.

    Where the two are equal, the spelling of `known` is kept: the server normalises some values.
    """
    if applied == live:
        return known
    if isinstance(known, Mapping) and isinstance(applied, Mapping) and isinstance(live, Mapping):
        kept = {key: value for key, value in known.items() if key in live or key not in applied}
        return {key: drifted(value, applied.get(key), live.get(key)) for key, value in kept.items()}
    lists = isinstance(known, list) and isinstance(applied, list) and isinstance(live, list)
    if lists and len(known) == len(applied) == len(live):
        return [drifted(*each) for each in zip(known, applied, live, strict=True)]
    return live
