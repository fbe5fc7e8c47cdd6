"""Whatever is done to a valid document, the answer is a valid spec or faults, never a traceback."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stacks.spec import TenantSpec, check, digest, parse
from tests.stacks.documents import document

BASES = [document(stack) for stack in ("demo", "acme", "pico")]
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
def mutated(draw: st.DrawFn) -> Any:
    """A shipped document after one to four changes at random places."""
    result = copy.deepcopy(draw(st.sampled_from(BASES)))
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


@given(mutated())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_spec_is_valid_or_has_faults(spoilt: Any) -> None:
    faults = check(spoilt, "x.yaml")

    assert all(fault.got and fault.allowed and fault.remedy for fault in faults)
    assert all(str(fault).startswith("x.yaml") for fault in faults)
    json.dumps([fault.as_json() for fault in faults]).encode()
    if not faults:
        assert len(digest(parse(spoilt))) == 12


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_anything_else_has_faults(value: Any) -> None:
    assert check(value)


@given(mutated())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_model_itself_refuses_what_check_refuses(spoilt: Any) -> None:
    """A TenantSpec that exists is valid, however it was made."""
    faults = check(spoilt)
    try:
        TenantSpec.model_validate_json(json.dumps(spoilt, default=str, skipkeys=True))
    except (ValidationError, ValueError):
        return
    assert faults == [] or any("type" in fault.got or "key" in fault.got for fault in faults)  # what JSON cannot carry


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_digest_does_not_depend_on_key_order(random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert digest(parse(shuffled(BASES[0]))) == digest(parse(BASES[0]))
