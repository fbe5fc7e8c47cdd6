"""Which values are different, and how a refresh and an import treat them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.diff import Kind, difference, reconciled, same
from sandbox.aws.registry import resource_for
from sandbox.aws.values import UNKNOWN

GROUP = resource_for("aws:cloudwatch/logGroup:LogGroup")
TRAIL = resource_for("aws:cloudtrail/trail:Trail")
PLAIN = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def policy(**statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]})


@given(PLAIN)
def test_every_value_equals_itself(value):
    assert same(value, value)
    assert same(value, json.loads(json.dumps(value)), ordered=True)


@given(st.lists(PLAIN, max_size=5), st.randoms())
def test_the_order_of_a_set_does_not_matter(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    assert same(items, shuffled)


@given(
    st.dictionaries(st.sampled_from("abc"), PLAIN, max_size=3),
    st.dictionaries(st.sampled_from("abc"), PLAIN, max_size=3),
)
def test_changes_exist_exactly_where_values_differ(old, new):
    found = difference(GROUP, frozenset(), old, new)
    assert found.changed == {key for key in "abc" if not same(old.get(key), new.get(key))}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, []),
        (None, {}),
        ([], {}),
        ({"a": None}, {}),
        (1, 1.0),
        ('{"a": 1, "b": 2}', '{"b":2,"a":1}'),
        (policy(Action="s3:Get"), policy(Action=["s3:Get"])),
        (policy(Action=["a", "b"]), policy(Action=["b", "a"])),
        (policy(Action="a", Principal="*"), policy(Action="a", Principal={"AWS": "*"})),
        (
            policy(Action="a", Condition={"Bool": {"aws:SecureTransport": False}}),
            policy(Action="a", Condition={"Bool": {"aws:SecureTransport": ["false"]}}),
        ),
    ],
)
def test_equal_meanings(left, right):
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, True),
        (0, False),
        ("1", 1),
        ("", None),
        (["a"], ["a", "a"]),
        (policy(Action="a"), policy(Action="b")),
        ('["a", "b"]', '["b", "a"]'),
        (UNKNOWN, UNKNOWN),
        ({"a": UNKNOWN}, {"a": UNKNOWN}),
    ],
)
def test_different_meanings(left, right):
    assert not same(left, right)


def test_paths_name_the_changed_properties():
    old = {
        "tags": {"codekeep:tenant": "a", "Name": "x"},
        "eventSelectors": [{"readWriteType": "All", "x": 1}],
        "gone": 1,
    }
    new = {
        "tags": {"codekeep:tenant": "b", "Name": "x"},
        "eventSelectors": [{"readWriteType": "All", "x": 2}],
        "name": "n",
    }
    found = difference(TRAIL, frozenset(), old, new)
    assert {change.path: change.kind for change in found.changes} == {
        'tags["codekeep:tenant"]': Kind.UPDATE,
        "eventSelectors[0].x": Kind.UPDATE,
        "gone": Kind.DELETE,
        "name": Kind.ADD,
    }
    assert found.replaces == {"name"}


def test_only_differing_items_of_a_set_are_changes():
    old = {"items": [{"a": 1}, {"a": 2}, {"a": 3}]}
    new = {"items": [{"a": 3}, {"a": 4}, {"a": 1}]}
    found = difference(GROUP, frozenset(), old, new)
    assert {(change.path, change.kind) for change in found.changes} == {
        ("items[1]", Kind.DELETE),
        ("items[1]", Kind.ADD),
    }


def test_the_order_of_an_ordered_list_matters():
    group = resource_for("aws:eks/nodeGroup:NodeGroup")
    old, new = (
        {"instanceTypes": ["a", "b"], "subnetIds": ["a", "b"]},
        {"instanceTypes": ["b", "a"], "subnetIds": ["b", "a"]},
    )
    assert difference(group, frozenset(), old, new).replaces == {"instanceTypes"}


def test_computed_properties_that_the_program_omits_are_no_change():
    assert not difference(GROUP, frozenset({"policy"}), {"policy": "x"}, {}).changes
    assert difference(GROUP, frozenset({"policy"}), {"policy": "x"}, {"policy": "y"}).changes
    assert difference(GROUP, frozenset(), {"policy": "x"}, {}).changes


def test_a_refresh_keeps_the_programs_spelling_and_shows_changes():
    spelled = '{"b": 1,   "a": 2}'
    old = {"doc": spelled, "list": ["b", "a"], "tags": {"x": "1"}, "gone": "y", "flag": True}
    state = {**old, "arn": "arn", "quiet": "as ever", "moved": "before"}
    live = {
        "doc": '{"a":2,"b":1}',
        "list": ["a", "b"],
        "tags": {"x": "2", "by-hand": "3"},
        "flag": True,
        "quiet": "as ever",
        "moved": "after",
        "filled": "by AWS",
    }
    assert reconciled(GROUP, frozenset({"filled"}), old, state, live) == {
        "doc": spelled,
        "list": ["b", "a"],
        "tags": {"x": "2", "by-hand": "3"},
        "flag": True,
        "moved": "after",
    }


def test_an_import_takes_the_live_inputs():
    assert reconciled(GROUP, frozenset({"a"}), {}, {}, {"a": 1, "b": [], "c": None}) == {"a": 1}
