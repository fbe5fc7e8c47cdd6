"""Reading properties: values with their paths, missing and unknown kept apart, JSON stepped into."""

import json

import pytest

from policies.graph import SECRET, UNKNOWN
from policies.reading import MISSING, Found, first, read

POLICY = json.dumps({"Statement": [{"Action": "s3:GetObject"}, {"Action": ["kms:Decrypt", "kms:Encrypt"]}]})


@pytest.mark.parametrize(
    ("props", "path", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", [Found("a.b", 1)]),
        ({"a": [{"b": 1}, {"b": 2}]}, "a[*].b", [Found("a[0].b", 1), Found("a[1].b", 2)]),
        ({"a": [{"b": 1}, {}]}, "a[1].b", [Found("a[1].b", MISSING)]),
        ({"a": []}, "a[*].b", []),
        ({}, "a[*].b", [Found("a", MISSING)]),
        ({"a": None}, "a", [Found("a", MISSING)]),
        ({"a": UNKNOWN}, "a.b.c", [Found("a", UNKNOWN)]),
        ({"a": SECRET}, "a", [Found("a", SECRET)]),
        ({"a": False}, "a", [Found("a", False)]),
        (
            {"policy": POLICY},
            "policy|Statement[*].Action[*]",
            [
                Found("policy|Statement[0].Action", "s3:GetObject"),
                Found("policy|Statement[1].Action[0]", "kms:Decrypt"),
                Found("policy|Statement[1].Action[1]", "kms:Encrypt"),
            ],
        ),
        ({"policy": UNKNOWN}, "policy|Statement[*].Action", [Found("policy", UNKNOWN)]),
        ({"policy": "no json"}, "policy|Statement", [Found("policy|Statement", MISSING)]),
    ],
)
def test_values_come_with_their_paths(props: object, path: str, expected: list[Found]) -> None:
    assert list(read(props, path)) == expected


def test_unknown_and_secret_are_not_known() -> None:
    assert not Found("a", UNKNOWN).known
    assert not Found("a", SECRET).known
    assert Found("a", MISSING).known


def test_first_is_the_bare_value() -> None:
    assert first({"a": [{"b": 3}]}, "a[0].b") == 3
    assert first({}, "a") is MISSING


def test_a_path_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no property path"):
        list(read({}, "a[x]"))
