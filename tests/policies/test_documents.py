"""Policy documents as statements: where they are, which conditions bind them, what is unknown."""

import importlib
import json
import re
from typing import Any

import pytest

from policies.documents import DOCUMENTS, ROLE, Kind, Statement, UndecidableError, documents, statements, types_with
from policies.graph import UNKNOWN, Node

TRUST = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def role(**inputs: Any) -> Node:
    return Node(urn=f"urn:pulumi:s::p::{ROLE}::r", type=ROLE, name="r", inputs=inputs)


def text(*listed: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(listed)})


def condition(operator: str, values: Any) -> Statement:
    (found,) = statements(role(policy=text({**READ, "Condition": {operator: {"aws:SourceAccount": values}}})))
    return found


def test_every_document_of_a_role_is_found_with_its_kind() -> None:
    node = role(assumeRolePolicy=text(TRUST), inlinePolicies=[{"name": "a", "policy": text(READ, READ)}, {"name": "b"}])
    assert [(each.path, each.kind, len(each.statements or ())) for each in documents(node)] == [
        ("assumeRolePolicy", Kind.TRUST, 1),
        ("inlinePolicies[0].policy", Kind.IDENTITY, 2),
    ]
    assert [each.path for each in documents(node, Kind.TRUST)] == ["assumeRolePolicy"]


@pytest.mark.parametrize("document", [UNKNOWN, "{no json", "[]", {"Statement": [{**READ, "Resource": UNKNOWN}]}])
def test_a_document_that_cannot_be_read_is_not_known(document: Any) -> None:
    (found,) = documents(role(assumeRolePolicy=document))
    assert found.statements is None
    with pytest.raises(UndecidableError):
        statements(role(policy=document))


def test_a_lone_statement_counts_as_a_list_of_one() -> None:
    (found,) = statements(role(policy=json.dumps({"Statement": READ})))
    assert (found.path, found.actions, found.allows) == ("policy|Statement", ("s3:GetObject",), True)


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ForAnyValue:StringEquals", "ArnLike"])
def test_a_condition_that_needs_the_key_binds(operator: str) -> None:
    assert condition(operator, ["1", "2"]).bound_values("AWS:sourceaccount") == ("1", "2")


@pytest.mark.parametrize(
    "operator", ["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals", "Null", "ArnNotLike"]
)
def test_a_condition_that_is_true_without_the_key_does_not_bind(operator: str) -> None:
    found = condition(operator, "1")
    assert found.bound_values("aws:SourceAccount") == ()
    assert found.condition_values("aws:SourceAccount") == ("1",)


def test_every_path_is_a_property_that_pulumi_aws_declares() -> None:
    assert len(DOCUMENTS) > 30
    for token, paths in DOCUMENTS.items():
        _, module, name = token.split(":")
        declared = getattr(importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}"), name)
        for path in paths:
            first = re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", re.split(r"[.\[]", path)[0])
            assert hasattr(declared, first), (token, path)


def test_types_are_listed_by_kind() -> None:
    assert "aws:kms/key:Key" in types_with(Kind.KEY)
    assert ROLE in types_with(Kind.TRUST)
    assert ROLE in types_with(Kind.IDENTITY)
    assert "aws:ec2/vpcEndpoint:VpcEndpoint" not in types_with(Kind.RESOURCE)
