"""Elements of statements: conditions, variables, resources, versions. Each table names the page of AWS's IAM User Guide
that decides it. Those marked with a star came of comparing made-up requests with another evaluator (decision 0025).
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsread.iam import Decision, Request, decide
from awsread.iam.conditions import UnknownOperatorError

ROLE = "arn:aws:iam::111111111111:role/reader"
OPERATORS = "IAM JSON policy elements: Condition operators"
SEVERAL = "Conditions with multiple context keys or values"
VARIABLES = "IAM policy elements: Variables and tags"
RESOURCE = "IAM JSON policy elements: Resource"
VERSION = "IAM JSON policy elements: Version"
TEAM = "aws:PrincipalTag/team"
OBJECTS = "arn:aws:s3:::bucket/"


def document(effect: str = "Allow", version: str | None = "2012-10-17", **parts: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "*", **parts}
    named = any(name in parts for name in ("Resource", "NotResource"))
    whole = statement if named else {**statement, "Resource": "*"}
    return {"Statement": whole, **({"Version": version} if version else {})}


def holds(condition: Any, context: dict[str, Any]) -> bool:
    request = Request(principal=ROLE, action="s3:GetObject", resource=f"{OBJECTS}x", context=context)
    allowed = decide(document(Condition=condition), request) is Decision.ALLOW
    denied = decide(document("Deny", Condition=condition), request) is Decision.DENY
    assert allowed is denied  # what is known is the same for both
    return allowed


@pytest.mark.parametrize(
    ("condition", "value", "expected", "page"),
    [
        ({"StringLike": "a?c*"}, "abcde", True, OPERATORS),
        ({"StringLike": "A*"}, "abc", False, OPERATORS),  # "Case-sensitive matching"
        ({"StringEquals": "a*"}, "abc", False, OPERATORS),
        ({"StringEquals": "a*"}, "a*", True, OPERATORS),
        ({"StringNotEqualsIgnoreCase": "AB"}, "ab", False, OPERATORS),
        ({"StringNotLike": ["a*", "b*"]}, "bc", False, SEVERAL),  # values of a negation work like an AND
        ({"StringNotLike": "a*"}, None, True, OPERATORS),  # "and the right key is not present, the condition is true"
        ({"StringNotEqualsIfExists": "a"}, None, True, OPERATORS),
        ({"StringEquals": ""}, "", True, OPERATORS),
        ({"NumericEquals": "10.0"}, "10", True, OPERATORS),
        ({"NumericLessThan": "9007199254740993"}, "9007199254740992", True, OPERATORS),
        ({"NumericEquals": "1_0"}, "10", False, OPERATORS),  # no number of AWS's
        ({"NumericLessThan": "nan"}, "10", False, OPERATORS),
        ({"NumericEquals": "${k}"}, "10", False, OPERATORS),  # "You can not use a policy variable with the Numeric"
        ({"DateEquals": "2026-01-01T01:00:00+01:00"}, "2026-01-01T00:00:00Z", True, OPERATORS),
        ({"DateLessThan": "2026"}, "2025-12-31T23:59:59Z", True, OPERATORS),  # W3C's note: a year alone is a date
        ({"DateLessThan": "2026-02"}, "2026-02-01T00:00:00Z", False, OPERATORS),
        ({"DateGreaterThan": "1735689600"}, "2025-01-01T00:00:01Z", True, OPERATORS),  # seconds since 1970
        ({"DateNotEquals": "2026-01-01"}, "2026-01-01T00:00:00Z", False, OPERATORS),
        ({"Bool": "True"}, "true", True, OPERATORS),
        ({"Bool": "yes"}, "yes", False, OPERATORS),  # 'comparing a key to "true" or "false"'
        ({"Bool": "false"}, None, False, OPERATORS),
        ({"BinaryEquals": "QmluYXJ5"}, "qMLUyxj5", False, OPERATORS),
        ({"IpAddress": "203.0.113.9"}, "203.0.113.9", True, OPERATORS),  # without a prefix, one address
        ({"IpAddress": "2001:DB8:1234:5678::/64"}, "2001:db8:1234:5678::1", True, OPERATORS),
        ({"IpAddress": "10.0.0.0/8"}, "2001:db8::1", False, OPERATORS),
        ({"NotIpAddress": "203.0.113.9"}, "2001:db8::1", True, OPERATORS),  # *
        ({"NotIpAddress": "0.0.0.0/0"}, "203.0.113.9", False, OPERATORS),  # *
        ({"NotIpAddress": ["10.0.0.0/8", "203.0.113.0/24"]}, "203.0.113.9", False, SEVERAL),
        ({"ArnEquals": "arn:aws:sns:*:1:*"}, "arn:aws:sns:eu:1:t", True, OPERATORS),  # the same as ArnLike
        ({"ArnLike": "arn:aws:a:*:1:f/*"}, "arn:aws:a:us:9:s/abc:1:f/d", False, OPERATORS),  # the page's example
        ({"StringLike": "arn:aws:a:*:1:f/*"}, "arn:aws:a:us:9:s/abc:1:f/d", True, OPERATORS),
        ({"ArnNotLike": "arn:aws:sns:*:1:*"}, None, True, OPERATORS),
        ({"ArnLike": "arn:aws:sns:*"}, "arn:aws:sns:eu:1:t", False, OPERATORS),  # * six components, each by itself
        ({"Null": "true"}, None, True, OPERATORS),
        ({"Null": "false"}, "", True, OPERATORS),
        ({"Null": "true"}, (), True, SEVERAL),
        ({"ForAnyValue:StringLike": ["a*", "b"]}, ("c", "ab"), True, SEVERAL),
        ({"ForAnyValue:StringNotEquals": ["a", "b"]}, ("a", "b"), False, SEVERAL),
        ({"ForAnyValue:StringNotEquals": "a"}, None, False, SEVERAL),  # "For no matching key ... returns false"
        ({"ForAnyValue:StringEqualsIfExists": "a"}, None, True, OPERATORS),  # * "evaluate the condition as true"
        ({"ForAllValues:StringNotEquals": "a"}, ("b", "a"), False, SEVERAL),
        ({"ForAllValues:StringNotEquals": "a"}, None, True, SEVERAL),
        ({"ForAllValues:StringEquals": "a"}, "", True, SEVERAL),  # * "a null data set, such as an empty string"
        ({"ForAllValues:StringNotLike": ["", "*"]}, "", True, SEVERAL),  # *
        ({"ForAnyValue:StringLike": "*"}, "", False, SEVERAL),
        ({"ForAnyValue:StringEquals": "a"}, (), False, SEVERAL),
        ({"StringLike": f"${{{TEAM}}}*"}, "reds", True, VARIABLES),
        ({"StringEquals": "${aws:principaltag/TEAM}"}, "red", True, VARIABLES),  # "Key names are case-insensitive"
        ({"StringEquals": "${none}"}, "red", False, VARIABLES),
        (
            {"StringNotEquals": "${none}"},
            "red",
            True,
            VARIABLES,
        ),  # * "Inverted operators do match against a null value"
        ({"StringNotLike": ["blue", "${none}"]}, "red", True, VARIABLES),  # *
        ({"StringEquals": "${none, 'red'}"}, "red", True, VARIABLES),
        ({"StringEquals": "${aws:PrincipalTag/empty, 'red'}"}, "red", True, VARIABLES),  # * an empty tag is no value
        ({"StringLike": "${none, '*'}"}, "red", False, VARIABLES),  # * what it stands for is no wildcard
        ({"StringEquals": "${aws:TagKeys}"}, "a", False, VARIABLES),  # "can't use a multivalued condition key"
        ({"StringEquals": "a${*}b${?}${$}"}, "a*b?$", True, VARIABLES),  # *
        ({"StringNotEquals": "a${*}b"}, "a*b", False, VARIABLES),  # *
        ({"StringLike": "a${*}b"}, "axb", False, VARIABLES),
        ({"ArnLike": "arn:aws:sns:*:${aws:PrincipalAccount}:t"}, "arn:aws:sns:eu:111111111111:t", True, VARIABLES),
        ({"ArnLike": "arn:aws:sns:eu:${aws:PrincipalTag/two}:t"}, "arn:aws:sns:eu:1:2:t", False, VARIABLES),
        (
            {"Bool": "${aws:ViaAWSService}"},
            "false",
            True,
            OPERATORS,
        ),  # "You can use a policy variable with the Boolean"
    ],
)
def test_conditions(condition: dict[str, Any], value: Any, expected: bool, page: str) -> None:
    tags = {TEAM: "red", "aws:PrincipalTag/empty": "", "aws:PrincipalTag/two": "1:2", "aws:TagKeys": ("a", "b")}
    [(operator, wanted)] = condition.items()
    assert holds({operator: {"K": wanted}}, {**tags, **({} if value is None else {"k": value})}) is expected, page


@pytest.mark.parametrize("operator", ["StringEqual", "NullIfExists", "ForSomeValues:StringEquals", "stringEquals"])
def test_operators_that_aws_does_not_have(operator: str) -> None:
    with pytest.raises(UnknownOperatorError, match=operator):
        holds({operator: {"k": "a"}}, {"k": "a"})


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals"])
def test_several_values_without_a_quantifier_allow_nothing_and_deny(operator: str) -> None:
    """SEVERAL: "Multivalued condition keys require a set operator", and nothing on what comes of it without."""
    request = Request(principal=ROLE, action="s3:GetObject", context={"aws:TagKeys": ("a", "b")})
    condition = {operator: {"aws:TagKeys": "a"}}
    assert decide(document(Condition=condition), request) is Decision.NONE
    assert decide(document("Deny", Condition=condition), request) is Decision.DENY


def applies(element: str, pattern: str, on: str, version: str | None = "2012-10-17", effect: str = "Allow") -> bool:
    context = {TEAM: "red", "aws:PrincipalTag/wild": "*", "aws:PrincipalTag/empty": ""}
    request = Request(principal=ROLE, action="s3:GetObject", resource=on, context=context)
    found = decide(document(effect, version, **{element: pattern}), request)
    return found is not Decision.NONE


@pytest.mark.parametrize(
    ("pattern", "on", "expected", "page"),
    [
        (f"{OBJECTS}${{{TEAM}}}/*", f"{OBJECTS}red/a/b", True, VARIABLES),
        (f"{OBJECTS}${{{TEAM}}}/*", f"{OBJECTS}blue/a", False, VARIABLES),
        (f"{OBJECTS}${{{TEAM}, 'company-wide'}}/*", f"{OBJECTS}red/a", True, VARIABLES),
        (f"{OBJECTS}${{none, 'company-wide'}}/*", f"{OBJECTS}company-wide/a", True, VARIABLES),
        (f"{OBJECTS}${{none}}*", f"{OBJECTS}a", False, VARIABLES),
        (f"{OBJECTS}${{aws:PrincipalTag/empty}}*", f"{OBJECTS}a", False, VARIABLES),
        (f"{OBJECTS}${{aws:PrincipalTag/wild}}", f"{OBJECTS}a", False, VARIABLES),
        (f"{OBJECTS}${{*}}", f"{OBJECTS}*", True, VARIABLES),
        ("arn:aws:sqs:eu:${aws:PrincipalAccount}:q", "arn:aws:sqs:eu:111111111111:q", False, VARIABLES),  # 5th colon
        ("arn:aws:s3:::buc?et/*", f"{OBJECTS}a/b", True, RESOURCE),
        (f"{OBJECTS}A", f"{OBJECTS}a", False, RESOURCE),
        ("arn:aws:sqs", "arn:aws:sqs:eu:111111111111:q", True, RESOURCE),  # "is equivalent to arn:aws:sqs:*:*:*"
        ("arn:aws:sqs:eu", "arn:aws:sqs:us:111111111111:q", False, RESOURCE),
        ("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu:1:log-group:/a:log-stream:b", True, RESOURCE),
        (OBJECTS + "a", "*", False, RESOURCE),  # what has no resource is in "*" alone
    ],
)
def test_resources(pattern: str, on: str, expected: bool, page: str) -> None:
    assert applies("Resource", pattern, on) is expected, page
    if "none}" not in pattern and "empty}" not in pattern:
        assert applies("NotResource", pattern, on) is not expected, page


def test_all_but_what_a_variable_without_a_value_names_is_denied_and_not_allowed() -> None:
    """VARIABLES says that such an element "will not match any resource", and that the statement is then invalid."""
    assert not applies("NotResource", f"{OBJECTS}${{none}}", f"{OBJECTS}a")
    assert applies("NotResource", f"{OBJECTS}${{none}}", f"{OBJECTS}a", effect="Deny")
    assert applies("NotResource", f"{OBJECTS}${{none}}", "arn:aws:s3:::elsewhere/a")  # whatever its value is


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_of_an_older_language_are_literal_text(version: str | None) -> None:
    """VERSION: "variables such as ${aws:username} aren't recognized as variables"; without one it is of 2008."""
    pattern = f"{OBJECTS}${{{TEAM}}}"
    assert applies("Resource", pattern, f"{OBJECTS}red")
    assert not applies("Resource", pattern, f"{OBJECTS}red", version)
    assert applies("Resource", pattern, pattern, version)
    assert applies("Resource", f"{OBJECTS}*", f"{OBJECTS}red", version)  # wildcards are older
    request = Request(principal=ROLE, action="s3:GetObject", context={TEAM: "red", "k": "red"})
    condition = {"StringEquals": {"k": f"${{{TEAM}}}"}}
    assert decide(document(Condition=condition), request) is Decision.ALLOW
    assert decide(document(version=version, Condition=condition), request) is Decision.NONE
    assert decide(document("Deny", version, Condition={"StringNotEquals": condition["StringEquals"]}), request) is (
        Decision.DENY
    )


values = st.text(alphabet="abA*?:/ ", min_size=1, max_size=5)
PAIRS = (("StringEquals", "StringNotEquals"), ("StringLike", "StringNotLike"), ("ArnLike", "ArnNotLike"))


@given(st.sampled_from(PAIRS), st.lists(values, min_size=1, max_size=3), st.none() | values)
def test_a_negation_is_the_contrary_whether_or_not_the_key_is_there(
    pair: tuple[str, str], wanted: list[str], value: str | None
) -> None:
    context = {} if value is None else {"k": value}
    positive, negative = ({each: {"k": wanted}} for each in pair)
    assert holds(positive, context) is not holds(negative, context)


@given(st.sampled_from([each for pair in PAIRS for each in pair]), values, st.lists(values, min_size=1, max_size=3))
def test_if_exists_changes_nothing_of_a_key_that_exists(operator: str, wanted: str, found: list[str]) -> None:
    for name in (operator, f"ForAnyValue:{operator}", f"ForAllValues:{operator}"):
        context = {"k": tuple(found) if ":" in name else found[0]}
        assert holds({name: {"k": wanted}}, context) is holds({f"{name}IfExists": {"k": wanted}}, context)


@given(values)
def test_what_a_variable_stands_for_matches_itself_alone(value: str) -> None:
    context = {TEAM: value, "k": value, "other": f"{value}x"}
    for operator in ("StringEquals", "StringLike"):
        assert holds({operator: {"k": f"${{{TEAM}}}"}}, context)
        assert not holds({operator: {"other": f"${{{TEAM}}}"}}, context)
