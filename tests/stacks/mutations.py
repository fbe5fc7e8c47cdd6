"""Randomly changed spec documents, for hypothesis."""

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=4),
    st.dates(),
    st.sampled_from(
        ["eu-central-1", "eu-west-1a", "10.0.0.0/20", "gitlab", "premium", "host", "*", "arn:aws:iam::1:root", "0"]
    ),
    st.sampled_from([0, 1, 2, 3, 8, 365, 1.5, True]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for key, item in inside for place in places(item, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, bases: Sequence[Any]) -> Any:
    """One of the documents after one to four changes at random places."""
    result = copy.deepcopy(draw(st.sampled_from(bases)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(result)))
        parent = result
        for part in path[:-1]:
            parent = parent[part]
        operation = draw(st.sampled_from(["replace", "remove", "duplicate", "rename", "swap"]))
        if operation == "remove" and len(result) > 1:
            del parent[path[-1]]
        elif operation == "duplicate" and isinstance(parent, list):
            parent.append(copy.deepcopy(parent[path[-1]]))
        elif operation == "rename" and isinstance(parent, dict):
            parent[draw(st.text(max_size=10))] = parent.pop(path[-1])
        elif operation == "swap":
            other = draw(st.sampled_from(places(result)))
            donor = result
            for part in other:
                donor = donor[part]
            parent[path[-1]] = copy.deepcopy(donor)
        else:
            parent[path[-1]] = draw(VALUES)
    return result
