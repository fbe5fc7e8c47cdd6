"""Rendering of IAM policy documents, and refusal of wildcards without a reason."""

import json

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.iam_policy import ANYONE, Statement, document, from_account, trust_policy
from tests.components.recording import record


def rendered(*statements: Statement) -> dict[str, object]:
    recording = record(lambda: document(*statements))
    return dict(json.loads(recording.value(recording.result)))


def test_outputs_in_a_statement_are_resolved() -> None:
    recording = record(
        lambda: document(
            Statement(sid="Read", actions=("s3:GetObject",), resources=(pulumi.Output.from_input("arn:b"),))
        )
    )
    assert json.loads(recording.value(recording.result)) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:b"}],
    }


def test_trust_names_services_and_conditions() -> None:
    recording = record(lambda: trust_policy("s3.amazonaws.com", conditions=from_account("123456789012")))
    assert json.loads(recording.value(recording.result))["Statement"] == [
        {
            "Sid": "Trust",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"actions": ("*",), "resources": ("arn:b",)}, "*"),
        ({"actions": ("s3:*",), "resources": ("arn:b",)}, "s3:*"),
        ({"actions": ("s3:GetObject",), "resources": ("*",)}, "*"),
        ({"actions": ("s3:GetObject",), "resources": ("arn:b",), "principals": ANYONE}, "*"),
        ({"not_actions": ("s3:GetObject",), "resources": ("arn:b",)}, "everything but s3:GetObject"),
    ],
)
def test_an_allowing_wildcard_needs_a_reason(parts: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match="name what is meant, or give the wildcard_reason") as error:
        Statement(sid="Wild", **parts)  # type: ignore[arg-type]
    assert named in str(error.value)
    assert Statement(sid="Wild", wildcard_reason="because", **parts).wildcard_reason  # type: ignore[arg-type]


def test_a_denying_wildcard_needs_none() -> None:
    statement = Statement(sid="No", effect="Deny", principals=ANYONE, actions=("s3:*",), resources=("*",))
    assert rendered(statement)["Statement"][0]["Principal"] == {"AWS": "*"}  # type: ignore[index]


def test_actions_are_required_and_exclusive() -> None:
    with pytest.raises(ValueError, match="either actions or not_actions"):
        Statement(sid="Empty")
    with pytest.raises(ValueError, match="either actions or not_actions"):
        Statement(sid="Both", actions=("s3:GetObject",), not_actions=("s3:PutObject",))


def test_a_document_needs_statements_with_different_ids() -> None:
    with pytest.raises(ValueError, match="at least one statement"):
        document()
    one = Statement(sid="One", actions=("s3:GetObject",), resources=("arn:b",))
    with pytest.raises(ValueError, match="twice: One"):
        document(one, one)


@given(st.text(max_size=70))
def test_a_sid_with_other_characters_is_refused(sid: str) -> None:
    valid = sid.isascii() and sid.isalnum() and len(sid) <= 64
    if valid:
        assert Statement(sid=sid, actions=("s3:GetObject",)).sid == sid
    else:
        with pytest.raises(ValueError, match="sid must be"):
            Statement(sid=sid, actions=("s3:GetObject",))
