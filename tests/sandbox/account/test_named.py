"""The account asks the policy of the topic, secret, repository, domain or log group that a role's call names."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.account.account import Account, Endpoint
from tests.sandbox.account.test_guard import policy, session, trusting

ACCOUNT, REGION, OTHER = "111122223333", "eu-central-1", "eu-west-1"
READER, STRANGER = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("reader", "stranger"))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a resource is made, what its policy is written by, and a call that names it."""

    service: str
    action: str
    make: tuple[str, Mapping[str, Any]]
    write: tuple[str, Mapping[str, Any], str]  # the last is the parameter that takes the policy
    call: tuple[str, Mapping[str, Any]]
    has_resource: bool = True


TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:t"
KINDS = {
    "sns": Kind(
        service="sns",
        action="sns:GetTopicAttributes",
        make=("create_topic", {"Name": "t"}),
        write=("set_topic_attributes", {"TopicArn": TOPIC, "AttributeName": "Policy"}, "AttributeValue"),
        call=("get_topic_attributes", {"TopicArn": TOPIC}),
    ),
    "secretsmanager": Kind(
        service="secretsmanager",
        action="secretsmanager:GetSecretValue",
        make=("create_secret", {"Name": "s", "SecretString": "x", "AddReplicaRegions": [{"Region": OTHER}]}),
        write=("put_resource_policy", {"SecretId": "s"}, "ResourcePolicy"),
        call=("get_secret_value", {"SecretId": "s"}),
    ),
    "ecr": Kind(
        service="ecr",
        action="ecr:ListImages",
        make=("create_repository", {"repositoryName": "repository"}),
        write=("set_repository_policy", {"repositoryName": "repository"}, "policyText"),
        call=("list_images", {"repositoryName": "repository"}),
        has_resource=False,
    ),
    "opensearch": Kind(
        service="opensearch",
        action="es:DescribeDomain",
        make=("create_domain", {"DomainName": "docs"}),
        write=("update_domain_config", {"DomainName": "docs"}, "AccessPolicies"),
        call=("describe_domain", {"DomainName": "docs"}),
    ),
    "logs": Kind(
        service="logs",
        action="logs:DescribeLogStreams",
        make=("create_log_group", {"logGroupName": "g"}),
        write=("put_resource_policy", {"policyName": "p"}, "policyDocument"),
        call=("describe_log_streams", {"logGroupName": "g"}),
    ),
    "sqs": Kind(
        service="sqs",
        action="sqs:GetQueueAttributes",
        make=("create_queue", {"QueueName": "q"}),
        write=("set_queue_attributes", {"QueueUrl": f"http://127.0.0.1/{ACCOUNT}/q"}, "Attributes"),
        call=("get_queue_attributes", {"QueueUrl": f"http://127.0.0.1/{ACCOUNT}/q", "AttributeNames": ["All"]}),
    ),
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    account = Account(tmp_path_factory.mktemp("named"))
    started = account.ensure()
    iam = session(started, f"arn:aws:iam::{ACCOUNT}:role/nobody-made-it")("iam")
    for role in ("reader", "stranger"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trusting({"AWS": "123456789012"}))
    allowed = policy(*(kind.action for kind in KINDS.values()))
    iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=allowed)
    yield started
    account.stop()


def refused(client: Any, kind: Kind, **changes: Any) -> str:
    """What a call was refused for; "" where it was not."""
    operation, parameters = kind.call
    try:
        getattr(client, operation)(**{**parameters, **changes})
    except ClientError as error:
        if "not authorized to perform" not in str(error):
            raise
        return str(error)
    return ""


def write(owner: Any, kind: Kind, effect: str, principal: str) -> None:
    where = {"Resource": "*"} if kind.has_resource else {}
    statement = {"Sid": "Said", "Effect": effect, "Principal": {"AWS": principal}, "Action": kind.action, **where}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    operation, parameters, takes = kind.write
    getattr(owner, operation)(**parameters, **{takes: {"Policy": text} if kind.service == "sqs" else text})


@pytest.mark.parametrize("name", KINDS)
def test_a_resources_policy_denies_and_allows_within_the_account(endpoint: Endpoint, name: str) -> None:
    kind = KINDS[name]
    owner = session(endpoint, f"arn:aws:iam::{ACCOUNT}:role/nobody-made-it")(kind.service)
    reader, stranger = (session(endpoint, role)(kind.service) for role in (READER, STRANGER))
    operation, parameters = kind.make
    getattr(owner, operation)(**parameters)
    assert refused(reader, kind) == ""  # by their own policy
    assert "not allowed by an identity policy" in refused(stranger, kind)
    write(owner, kind, "Allow", STRANGER)
    assert refused(stranger, kind) == ""
    assert refused(reader, kind) == ""
    write(owner, kind, "Deny", READER)
    assert "denied by Said" in refused(reader, kind)
    assert refused(stranger, kind)


def test_a_secrets_copy_is_held_to_the_primarys_policy(endpoint: Endpoint) -> None:
    kind = KINDS["secretsmanager"]
    owner = session(endpoint, f"arn:aws:iam::{ACCOUNT}:role/nobody-made-it")(kind.service)
    made = owner.create_secret(Name="copied", SecretString="x", AddReplicaRegions=[{"Region": OTHER}])["ARN"]
    reader = session(endpoint, READER)(kind.service, region_name=OTHER)
    copy = made.replace(REGION, OTHER)
    assert refused(reader, kind, SecretId=copy) == refused(reader, kind, SecretId="copied") == ""
    statement = {"Effect": "Deny", "Principal": "*", "Action": kind.action}
    for resource, denies in ((made, False), ("*", True)):
        text = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": resource}]})
        owner.put_resource_policy(SecretId=made, ResourcePolicy=text)
        assert bool(refused(reader, kind, SecretId=copy)) is denies
        assert bool(refused(reader, kind, SecretId="copied")) is denies
