"""The policy evaluator, on examples of AWS's documentation."""

import pytest

from awsread.iam import Decision, Request, decide

ROLE = "arn:aws:iam::111111111111:role/reader"


def policy(effect: str = "Allow", **parts: object) -> dict[str, object]:
    statement = {"Sid": "S", "Effect": effect, "Principal": "*", "Action": ["s3:*"], "Resource": ["*"], **parts}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_named_principal_is_allowed_and_its_account_delegates() -> None:
    request = Request(principal=ROLE, action="s3:GetObject")
    assert decide(policy(Principal={"AWS": [ROLE]}), request) is Decision.ALLOW
    assert decide(policy(Principal={"AWS": "arn:aws:iam::111111111111:root"}), request) is Decision.DELEGATED
    assert decide(policy(Principal={"AWS": "arn:aws:iam::222222222222:root"}), request) is Decision.NONE
    assert decide(policy(Principal={"Service": "s3.amazonaws.com"}), request) is Decision.NONE


def test_a_deny_overrides_an_allow() -> None:
    both = policy()
    both["Statement"] += policy("Deny", Action="s3:Get*")["Statement"]  # type: ignore[operator]
    assert decide(both, Request(principal=ROLE, action="s3:GetObject")) is Decision.DENY
    assert decide(both, Request(principal=ROLE, action="s3:PutObject")) is Decision.ALLOW


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringEqualsIfExists": {"k": "a"}}, {}, True),
        ({"StringNotEquals": {"k": "a"}}, {}, True),  # a negated operator is true if the key is absent
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
        ({"Bool": {"k": "false"}}, {}, False),
        ({"BoolIfExists": {"k": "false"}}, {}, True),
        ({"ArnNotLikeIfExists": {"k": "arn:aws:iam::*:role/x"}}, {"k": "arn:aws:iam::1:role/x"}, False),
        ({"Null": {"k": "false"}}, {"k": ""}, True),
        ({"Null": {"k": "false"}}, {}, False),
        ({"NumericLessThan": {"k": "1.2"}}, {"k": "1.1"}, True),
        ({"NumericLessThan": {"k": "1.2"}}, {"k": "1.2"}, False),
    ],
)
def test_conditions_are_evaluated_as_documented(condition: object, context: dict[str, str], expected: bool) -> None:
    decision = decide(policy(Condition=condition), Request(principal=ROLE, action="s3:GetObject", context=context))
    assert (decision is Decision.ALLOW) == expected
