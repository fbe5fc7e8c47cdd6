"""Every policy document of every shipped stack is valid, within AWS's limits, and not too wide."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from policies.rules.identity import confused_deputy
from tests.components.recording import listed
from tests.stacks.programs import graph_of

STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
PROPERTIES = ("policy", "assumeRolePolicy", "accessPolicies", "policyDocument")

# Characters that AWS accepts, by type; the smallest limit for types that are not listed.
LIMITS = {
    "aws:kms/key:Key": 32_768,
    "aws:kms/replicaKey:ReplicaKey": 32_768,
    "aws:s3/bucketPolicy:BucketPolicy": 20_480,
    "aws:ec2/vpcEndpoint:VpcEndpoint": 20_480,
    "aws:secretsmanager/secretPolicy:SecretPolicy": 20_480,
    "aws:sns/topicPolicy:TopicPolicy": 30_720,
    "aws:sqs/queuePolicy:QueuePolicy": 30_720,
    "aws:opensearch/domain:Domain": 102_400,
    "aws:iam/rolePolicy:RolePolicy": 10_240,
    "aws:ecr/repositoryPolicy:RepositoryPolicy": 10_240,
    "aws:iam/policy:Policy": 6_144,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 5_120,
}
TRUST_LIMIT = 2_048
OTHER_LANGUAGES = {
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
}  # lists data to mask, not permissions

# Services that act only for what the role was assigned to, or send no source (policies/rules/identity/confused_deputy).
BOUND_BY_THEIR_RESOURCE = {"ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"}
WITHOUT_SOURCE = {service for service, _ in confused_deputy.WITHOUT_SOURCE}


def documents(stack: str) -> Iterator[tuple[str, str, str, str]]:
    """(type, name, property, text) of each policy in a stack."""
    for node in (node for node in graph_of(stack).nodes if node.type not in OTHER_LANGUAGES):
        for key in PROPERTIES:
            text = node.inputs.get(key)
            if isinstance(text, str) and '"Statement"' in text:
                yield node.type, node.name, key, text


def statements(stack: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = [
        (f"{token} {name} {statement.get('Sid', '?')}", statement)
        for token, name, _, text in documents(stack)
        for statement in listed(json.loads(text)["Statement"])
    ]
    assert len(found) > 50, f"{stack}: only {len(found)} statements"
    return found


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    named = statement.get("Principal", {})
    return listed(named.get(kind, [])) if isinstance(named, Mapping) else [named]


@pytest.mark.parametrize("stack", STACKS)
def test_documents_are_valid_and_within_the_size_limit(stack: str) -> None:
    found = list(documents(stack))
    assert len(found) > 20
    for token, name, key, text in found:
        document = json.loads(text)
        sids = [statement["Sid"] for statement in listed(document["Statement"])]
        assert document["Version"] == "2012-10-17", name
        assert len(set(sids)) == len(sids), f"{token} {name}: {sids}"
        limit = TRUST_LIMIT if key == "assumeRolePolicy" else LIMITS[token]
        assert len(text) <= limit, f"{token} {name} {key}: {len(text)} characters of {limit}"


@pytest.mark.parametrize("stack", STACKS)
def test_no_statement_allows_every_action(stack: str) -> None:
    for where, statement in statements(stack):
        if statement["Effect"] == "Allow":
            wide = [each for each in listed(statement.get("Action", [])) if each == "*" or each.endswith(":*")]
            assert not wide or where.startswith("aws:ec2/vpcEndpoint:VpcEndpoint"), f"{where} allows {wide}"
            assert "NotAction" not in statement, where


@pytest.mark.parametrize("stack", STACKS)
def test_statements_for_any_principal_have_conditions_on_account_or_role(stack: str) -> None:
    narrowing = {"aws:PrincipalAccount", "aws:PrincipalArn", "kms:CallerAccount", "aws:PrincipalOrgID"}
    seen = 0
    for where, statement in statements(stack):
        if statement["Effect"] == "Allow" and "*" in principals(statement, "AWS"):
            seen += 1
            keys = {key for condition in statement.get("Condition", {}).values() for key in condition}
            assert keys & narrowing or where.endswith(" ImageLayers"), where
    assert seen or stack == "pico"  # a pooled keep has no endpoints of its own


@pytest.mark.parametrize("stack", STACKS)
def test_service_principals_are_restricted_to_the_account(stack: str) -> None:
    seen = 0
    for where, statement in statements(stack):
        services = set(principals(statement, "Service")) - BOUND_BY_THEIR_RESOURCE - WITHOUT_SOURCE
        if statement["Effect"] == "Allow" and services:
            seen += 1
            keys = {key for condition in statement.get("Condition", {}).values() for key in condition}
            bound = {"aws:SourceAccount", "aws:SourceArn"} & keys or {k for k in keys if "EncryptionContext" in k}
            assert bound, f"{where}: {sorted(services)} without the account it acts for"
    assert seen
