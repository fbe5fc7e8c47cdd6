"""Values on the wire, in the state and in diffs; property paths; URNs."""

import pytest
from codekeep_contracts.property_path import covers, format_path, parse_path
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.crypter import PassphraseCrypter
from sandbox.engine.diff import apply_ignore_changes, compare
from sandbox.engine.urn import make_urn, parse_provider_ref, parse_urn
from sandbox.engine.values import (
    SIGNATURE,
    UNKNOWN,
    ResourceReference,
    Secret,
    UnsupportedValueError,
    carry_secrets,
    equal,
    from_json,
    has_secrets,
    has_unknowns,
    mask,
    props_from_struct,
    struct_from_props,
    to_json,
)

texts = st.text(max_size=8).filter(lambda text: text != SIGNATURE)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
references = st.builds(ResourceReference, st.just("urn:pulumi:s::p::t::n"), st.none() | texts.filter(bool))
values = st.recursive(
    scalars | references | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3) | inner.map(Secret),
    max_leaves=8,
).filter(lambda value: not isinstance(value, Secret) or not isinstance(value.value, Secret))
bags = st.dictionaries(texts, values, max_size=4)


def normal(value: object) -> object:
    """A secret of a secret is a secret; floats without fraction are integers."""
    if isinstance(value, Secret):
        inner = normal(value.value)
        return inner if isinstance(inner, Secret) else Secret(inner)
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    return value


@given(bags)
def test_values_survive_the_wire(bag: dict) -> None:
    assert props_from_struct(struct_from_props(bag)) == normal(bag)


@pytest.fixture(scope="module")
def crypter() -> PassphraseCrypter:
    return PassphraseCrypter.fresh("pw")


def test_values_survive_the_state(crypter: PassphraseCrypter) -> None:
    @given(bags)
    def survive(bag: dict) -> None:
        assert from_json(to_json(bag, crypter), crypter) == normal(bag)

    survive()


@given(bags)
def test_a_masked_value_contains_no_secret_and_no_unknown(bag: dict) -> None:
    masked = mask(bag)
    assert not has_secrets(masked)
    assert not has_unknowns(masked)


@given(bags, bags)
def test_a_diff_is_empty_exactly_for_equal_bags(left: dict, right: dict) -> None:
    if has_unknowns(left) or has_unknowns(right):
        return
    assert compare(left, left) == ()
    if equal(normal(left), normal(right)):
        assert compare(left, right) == ()


def test_unknowns_differ_even_from_themselves() -> None:
    assert not equal(UNKNOWN, UNKNOWN)
    assert [change.path for change in compare({"a": UNKNOWN}, {"a": UNKNOWN})] == ["a"]


def test_true_is_not_one() -> None:
    assert [change.path for change in compare({"a": True}, {"a": 1})] == ["a"]


def test_becoming_secret_is_no_difference_and_secrets_are_masked() -> None:
    assert compare({"a": Secret("x")}, {"a": "x"}) == ()
    (change,) = compare({"a": Secret("x")}, {"a": "y"})
    assert (change.old, change.new) == ("[secret]", "[secret]")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["x.y"].z', ("a", "x.y", "z")),
        ('a["q\\"q"]', ("a", 'q"q')),
        ("a[*].b", ("a", "*", "b")),
        ("*", ("*",)),
        ("a.*", ("a", "*")),
    ],
)
def test_property_paths(text: str, path: tuple) -> None:
    assert parse_path(text) == path
    assert parse_path(format_path(path)) == path


def test_a_bad_path_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a property path"):
        parse_path("a[")


def test_a_path_covers_the_paths_below_it() -> None:
    assert covers(parse_path("a.*"), parse_path("a.b.c"))
    assert not covers(parse_path("a.b"), parse_path("a"))


@pytest.mark.parametrize(
    ("new", "old", "path", "result"),
    [
        ({"a": 2}, {"a": 1}, "a", {"a": 1}),
        ({}, {"a": 1}, "a", {"a": 1}),
        ({"a": 2}, {}, "a", {}),
        ({"a": {"b": 2, "c": 2}}, {"a": {"b": 1, "c": 1}}, "a.b", {"a": {"b": 1, "c": 2}}),
        ({"a": [{"b": 2}, {"b": 2}]}, {"a": [{"b": 1}]}, "a[*].b", {"a": [{"b": 1}, {"b": 2}]}),
        ({"a": {"x": 2}}, {"a": {"x": 1, "y": 1}}, "a.*", {"a": {"x": 1, "y": 1}}),
        ({"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}, "a.b", {"a": Secret({"b": 1})}),
    ],
)
def test_ignored_changes_keep_the_old_value(new: dict, old: dict, path: str, result: dict) -> None:
    assert apply_ignore_changes(new, old, [path]) == result


def test_secret_marks_are_carried_over_for_providers_that_drop_them() -> None:
    inputs = {"a": Secret(1), "b": {"c": Secret(2), "d": 3}, "e": [Secret(4), 5]}
    outputs = {"a": 1, "b": {"c": 2, "d": 3}, "e": [4, 5], "f": 6}
    assert carry_secrets(outputs, inputs) == {**inputs, "f": 6}


def test_assets_are_refused_by_name() -> None:
    struct = struct_pb2.Struct()
    struct.update({"code": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "x"}})
    with pytest.raises(UnsupportedValueError, match="assets and archives"):
        props_from_struct(struct)


def test_output_values_become_secrets_and_unknowns() -> None:
    output = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
    struct = struct_pb2.Struct()
    struct.update({"a": {SIGNATURE: output, "value": 1, "secret": True}, "b": {SIGNATURE: output}})
    assert props_from_struct(struct) == {"a": Secret(1), "b": UNKNOWN}


def test_urns_are_parsed_and_made() -> None:
    stack = make_urn(stack="s", project="p", parent="", type_="pulumi:pulumi:Stack", name="p-s")
    group = make_urn(stack="s", project="p", parent=stack, type_="t:i:Group", name="g")
    child = make_urn(stack="s", project="p", parent=group, type_="t:i:Thing", name="x::y")
    assert group == "urn:pulumi:s::p::t:i:Group::g"
    assert child == "urn:pulumi:s::p::t:i:Group$t:i:Thing::x::y"
    assert (parse_urn(child).type, parse_urn(child).name) == ("t:i:Thing", "x::y")


@pytest.mark.parametrize("text", ["", "urn:pulumi:a::b", "arn:aws:iam::1:role/x"])
def test_a_malformed_urn_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a URN"):
        parse_urn(text)


def test_a_malformed_provider_reference_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a provider reference"):
        parse_provider_ref("urn:pulumi:s::p::t:i:Thing::x::id")
