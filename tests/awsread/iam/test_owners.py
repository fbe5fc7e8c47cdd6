"""Whose a resource is: IAM User Guide, "Cross-account policy evaluation logic" and the key aws:ResourceAccount."""

from typing import Any

import pytest

from awsread.iam import Policies, Request, may, parsed

HERE, ELSEWHERE = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{HERE}:role/reader"
BUCKET = "arn:aws:s3:::bucket"
KEY = "aws:ResourceAccount"


def policy(effect: str = "Allow", **parts: Any) -> Any:
    return parsed({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "*", "Resource": "*", **parts}]})


def allowed(own: Any, on: str = f"{BUCKET}/x", said: str = "", does: str = "s3:GetObject", **policies: Any) -> bool:
    context = {KEY: said} if said else {}
    return may(
        Policies(identity={ROLE: own}, **policies), Request(principal=ROLE, action=does, resource=on, context=context)
    ).allowed


def test_a_bucket_of_nobody_knows_whom_is_foreign() -> None:
    assert not allowed([policy()])
    assert not allowed([], resources={BUCKET: policy(Principal={"AWS": ROLE})})
    assert allowed([policy()], resources={BUCKET: policy(Principal={"AWS": ROLE})})
    assert allowed([policy()], owners={BUCKET: HERE})
    assert allowed([policy()], said=HERE)
    assert not allowed([policy()], owners={BUCKET: ELSEWHERE})
    assert not allowed([policy()], said=ELSEWHERE)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {KEY: HERE}},
        {"StringEqualsIfExists": {KEY: HERE}},
        {"StringNotEquals": {KEY: ELSEWHERE}},
        {"StringLike": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
        {"ForAllValues:StringEquals": {"aws:resourceaccount": HERE}},
    ],
)
def test_conditions_on_an_unknown_owner_allow_nothing(condition: dict[str, Any]) -> None:
    """An image of AWS's is in no account that its ARN names."""
    image = "arn:aws:ec2:eu-central-1::image/ami-1"
    assert allowed([policy()], on=image, does="ec2:RunInstances")
    assert not allowed([policy(Condition=condition)], on=image, does="ec2:RunInstances")
    assert allowed([policy(Condition=condition)], on=image, does="ec2:RunInstances", said=HERE)


def test_conditions_on_an_unknown_owner_deny_unless_another_is_false() -> None:
    own, bucket = policy(), {"resources": {BUCKET: policy(Principal={"AWS": ROLE})}}
    foreign = {"StringEquals": {KEY: ELSEWHERE}}
    assert not allowed([own, policy("Deny", Condition=foreign)], **bucket)
    plain = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    assert allowed([own, policy("Deny", Condition={**foreign, **plain})], **bucket)
    assert allowed([own, policy("Deny", Condition={**plain, **foreign})], **bucket)


def test_an_arn_knows_better_than_the_request() -> None:
    queue = f"arn:aws:sqs:eu-central-1:{ELSEWHERE}:q"
    own = [policy(Condition={"StringEquals": {KEY: HERE}})]
    theirs = {"resources": {queue: policy(Principal="*")}}
    assert allowed([policy()], on=queue, does="sqs:SendMessage", said=HERE, **theirs)
    assert not allowed(own, on=queue, does="sqs:SendMessage", said=HERE, **theirs)
    assert allowed(own, on="*", does="sqs:ListQueues")


def test_awss_own_policies_need_no_permission_of_aws() -> None:
    """IAM User Guide, "IAM identifiers": the account of a managed policy of AWS's is `aws`."""
    assert allowed([policy()], on="arn:aws:iam::aws:policy/ReadOnlyAccess", does="iam:GetPolicy")
