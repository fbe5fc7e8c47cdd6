"""All policies put together, on the examples of AWS's documentation, and what holds of any."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsread.iam import Grant, Policies, Request, may, parsed
from awsread.iam.patterns import glob

ROLE, OTHER = "arn:aws:iam::111111111111:role/reader", "arn:aws:iam::222222222222:role/reader"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/k"
QUEUE = "arn:aws:sqs:eu-central-1:111111111111:q"
ROOT = {"AWS": "arn:aws:iam::111111111111:root"}


def policy(action: str = "*", effect: str = "Allow", **parts: Any) -> Any:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **parts}
    return parsed({"Version": "2012-10-17", "Statement": [statement]})


def allowed(action: str = "sqs:SendMessage", on: str = QUEUE, by: str = ROLE, **policies: Any) -> bool:
    context = policies.pop("context", {})
    return may(Policies(**policies), Request(principal=by, action=action, resource=on, context=context)).allowed


def test_within_an_account_either_side_suffices() -> None:
    assert not allowed()
    assert allowed(identity={ROLE: [policy()]})
    assert allowed(resources={QUEUE: policy(Principal={"AWS": ROLE})})
    assert not allowed(resources={QUEUE: policy(Principal=ROOT)})  # delegates to identity policies


def test_across_accounts_both_sides_must_allow() -> None:
    mine, theirs = {OTHER: [policy()]}, {QUEUE: policy(Principal={"AWS": OTHER})}
    assert not allowed(by=OTHER, identity=mine)
    assert not allowed(by=OTHER, resources=theirs)
    assert allowed(by=OTHER, identity=mine, resources=theirs)


@pytest.mark.parametrize("place", ["identity", "boundaries", "resources", "endpoints"])
def test_an_explicit_denial_wins_wherever_it_is(place: str) -> None:
    deny = policy("sqs:*", "Deny")
    given_: dict[str, Any] = {"identity": {ROLE: [policy()]}}
    assert allowed(**given_)
    added = {"identity": {ROLE: [policy(), deny]}, "boundaries": {ROLE: deny}}
    added["resources"] = {QUEUE: policy("sqs:*", "Deny", Principal="*")}
    context = {"aws:SourceVpce": "vpce-1"}
    changed = {"endpoints": {"vpce-1": deny}} if place == "endpoints" else {place: added[place]}
    assert not allowed(context=context, **{**given_, **changed})


def test_a_boundary_and_an_endpoint_limit_what_they_do_not_list() -> None:
    own = {ROLE: [policy()]}
    assert not allowed(identity=own, boundaries={ROLE: policy("s3:*")})
    assert allowed(identity=own, boundaries={ROLE: policy("sqs:*")})
    through = {"context": {"aws:SourceVpce": "vpce-1"}, "identity": own}
    assert not allowed(endpoints={"vpce-1": policy("s3:*")}, **through)
    assert allowed(endpoints={"vpce-1": policy("sqs:*")}, **through)


def test_whose_a_resource_is_is_known_without_being_said() -> None:
    """A condition that also holds without the key must not hold for a resource of somebody else."""
    own = {"StringEqualsIfExists": {"aws:ResourceAccount": "111111111111"}}
    bounded = {"identity": {ROLE: [policy()]}, "boundaries": {ROLE: policy(Condition=own)}}
    foreign = QUEUE.replace("111111111111", "222222222222")
    theirs = {foreign: policy(Principal="*")}
    assert allowed(**bounded)
    assert not allowed(on=foreign, resources=theirs, **bounded)
    assert allowed(on=foreign, resources=theirs, identity=bounded["identity"])


def test_a_key_needs_its_policy_or_a_grant() -> None:
    own = {ROLE: [policy()]}
    assert not allowed("kms:Decrypt", KEY, identity=own)
    assert allowed("kms:Decrypt", KEY, identity=own, resources={KEY: policy(Principal=ROOT)})
    assert not allowed("kms:Decrypt", KEY, resources={KEY: policy(Principal=ROOT)})
    grant = {KEY: [Grant(grantee=ROLE, operations=("Decrypt",))]}
    assert allowed("kms:Decrypt", KEY, grants=grant)
    assert not allowed("kms:Encrypt", KEY, grants=grant)
    assert not allowed("kms:Decrypt", KEY, grants=grant, resources={KEY: policy("kms:*", "Deny", Principal="*")})
    assert allowed("kms:CreateKey", "*", identity=own)


def test_not_action_and_not_resource_mean_all_others() -> None:
    others = parsed({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "NotResource": QUEUE + "2"}]})
    assert allowed(identity={ROLE: [others]})
    assert not allowed("iam:GetRole", identity={ROLE: [others]})
    assert not allowed(on=QUEUE + "2", identity={ROLE: [others]})


def test_variables_stand_for_the_request_and_are_no_wildcards() -> None:
    own = policy(Resource="arn:aws:sqs:*:*:${aws:PrincipalTag/team}-q")
    queue = "arn:aws:sqs:eu-central-1:111111111111:"
    asked = {"identity": {ROLE: [own]}, "context": {"aws:PrincipalTag/team": "a"}}
    assert allowed(on=queue + "a-q", **asked)
    assert not allowed(on=queue + "b-q", **asked)
    assert not allowed(on=queue + "b-q", **{**asked, "context": {"aws:PrincipalTag/team": "*"}})
    assert not allowed(on=queue + "-q", **{**asked, "context": {}})


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("ForAnyValue:StringEquals", ["a", "b"], ("b", "c"), True),
        ("ForAnyValue:StringEquals", ["a"], None, False),
        ("ForAllValues:StringEquals", ["a", "b"], ("b", "c"), False),
        ("ForAllValues:StringEquals", ["a"], None, True),
        ("ForAnyValue:StringNotEquals", ["a"], ("a", "c"), True),
        ("IpAddress", ["10.0.0.0/8"], "10.1.2.3", True),
        ("NotIpAddress", ["10.0.0.0/8"], "10.1.2.3", False),
        ("DateLessThan", ["2026-01-01T00:00:00Z"], "2025-12-31T23:59:59Z", True),
        ("NumericGreaterThanEquals", ["3"], "3", True),
        ("StringEqualsIgnoreCase", ["AB"], "ab", True),
        ("ArnLike", ["arn:aws:iam::*:role/r*"], ROLE, True),
        ("ArnLike", ["arn:aws:*"], ROLE, False),  # no wildcard reaches across a colon
        ("BoolIfExists", ["true"], None, True),
    ],
)
def test_operators(operator: str, wanted: list[str], value: Any, expected: bool) -> None:
    own = policy(Condition={operator: {"k": wanted}})
    assert allowed(identity={ROLE: [own]}, context={} if value is None else {"K": value}) is expected


texts = st.text(alphabet="ab:*/", max_size=8)


@given(texts, texts)
def test_a_star_before_and_after_finds_every_part(part: str, rest: str) -> None:
    assert glob("*", part)
    assert glob(f"*{part}*", f"{rest}{part}{rest}")
    assert glob(part.replace("*", "?"), part)


@given(st.lists(st.sampled_from(["Allow", "Deny"]), max_size=4), st.randoms())
def test_the_order_of_statements_changes_nothing(effects: list[str], random: Any) -> None:
    statements = [{"Effect": each, "Action": "*", "Resource": "*"} for each in effects]
    shuffled = random.sample(statements, len(statements))
    found = {allowed(identity={ROLE: [parsed(json.dumps({"Statement": each}))]}) for each in (statements, shuffled)}
    assert found == {"Allow" in effects and "Deny" not in effects}
