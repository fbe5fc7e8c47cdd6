# ruff: noqa: E501 - rows of a table
"""The limits that AWS publishes in words: quoted rightly, and kept before moto sees a call."""

import html
import re
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import clients
from sandbox.aws.api import DUMMY, AwsSession
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.refusals.constraints import KEYS, VALUES, Constraint, breaches, constraints

GROUP = "sg-0123456789abcdef0"


@pytest.fixture(scope="module")
def models():
    boto = clients.session()
    found = {}

    def model(service):
        if service not in found:
            found[service] = boto.client(
                service,
                region_name="eu-central-1",
                endpoint_url="http://127.0.0.1:9",
                aws_access_key_id="x",
                aws_secret_access_key="x",
            ).meta.service_model
        return found[service]

    return model


def _plain(text: str) -> str:
    """The text without markup and white space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text or "")))


def _texts(model, constraint: Constraint) -> Iterator[str]:
    """Documentation of the member, and of the operations that take the structure."""
    for name in constraint.shapes:
        shape = model.shape_for(name)
        yield _plain(shape.members[_member(constraint)].documentation)
        for operation in model.operation_names:
            taken = model.operation_model(operation)
            if taken.input_shape is not None and taken.input_shape.name == name:
                yield _plain(taken.documentation)


def _member(constraint: Constraint) -> str:
    return constraint.member.removesuffix(KEYS).removesuffix(VALUES)


def test_every_row_names_a_member_and_a_source(models):
    rows = constraints()
    assert len(rows) > 60
    for row in rows:
        for name in row.shapes:
            assert _member(row) in models(row.service).shape_for(name).members, (row.service, name, row.member)
        assert row.text or row.source, (row.service, row.member)
        assert row.pattern or row.max, (row.service, row.member)
        assert bool(row.words) <= bool(row.code)
        assert not row.words or row.source, f"{row.service} {row.member}: who saw these words?"


def test_quotations_stand_in_the_documentation(models):
    quoted = [row for row in constraints() if row.text]
    assert len(quoted) >= 20
    for row in quoted:
        texts = list(_texts(models(row.service), row))
        assert any(_plain(row.text) in text for text in texts), (row.service, row.member, texts)


LONG = "x" * 300
CASES = [  # service, operation, parameters, what is refused, what passes instead
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": GROUP, "IpPermissions": [{"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": None}]}]}, ("the keep's own", "a > b", LONG), "HTTPS from 10.0.0.0/8 (nodes)"),
    ("ec2", "AuthorizeSecurityGroupEgress", {"GroupId": GROUP, "IpPermissions": [{"PrefixListIds": [{"PrefixListId": "pl-1", "Description": None}]}]}, ("it's S3",), "to S3"),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": GROUP, "IpPermissions": [{"UserIdGroupPairs": [{"GroupId": GROUP, "Description": None}]}]}, ("nodes' DNS", "ü"), "DNS of nodes"),
    ("ec2", "ModifySecurityGroupRules", {"GroupId": GROUP, "SecurityGroupRules": [{"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": {"Description": None}}]}, ("it's",), "it is"),
    ("ec2", "CreateSecurityGroup", {"GroupName": None, "Description": "d"}, ("sg-mine", "a'b", LONG, ""), "codekeep-acme"),
    ("ec2", "CreateSecurityGroup", {"GroupName": "g", "Description": None}, ("the keep's", LONG), "of the keep"),
    ("ec2", "CreateTags", {"Resources": [GROUP], "Tags": [{"Key": None, "Value": "v"}]}, ("aws:mine", "AWS:x", LONG), "codekeep:tenant"),
    ("ec2", "CreateTags", {"Resources": [GROUP], "Tags": [{"Key": "k", "Value": None}]}, (LONG,), "acme's"),
    ("sqs", "CreateQueue", {"QueueName": None}, ("a.b", "x" * 81), "acme-1.fifo"),
    ("sqs", "CreateQueue", {"QueueName": "q", "tags": {"owner": None}}, ("a'b", LONG), "a b+c"),
    ("sns", "CreateTopic", {"Name": None}, ("a.b", LONG), "acme-alerts"),
    ("kms", "CreateAlias", {"AliasName": None, "TargetKeyId": "k"}, ("alias/aws/s3", "acme", "alias/a b"), "alias/codekeep-acme/code"),
    ("kms", "CreateKey", {"Tags": [{"TagKey": None, "TagValue": "v"}]}, ("aws:x", "a'b"), "codekeep:tenant"),
    ("s3", "CreateBucket", {"Bucket": None}, ("a_b-c", "Abc", "x" * 64, "ab", "10.0.0.1", "a..b", "abc-s3alias", "xn--abc"), "codekeep-acme-code.1"),
    ("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": None}]}}, ("a'b", LONG), "a@b"),
    ("elbv2", "CreateLoadBalancer", {"Name": None, "Subnets": ["s"]}, ("internal-a", "-a", "a-", "a_b", "x" * 33), "codekeep-acme"),
    ("elbv2", "CreateTargetGroup", {"Name": None}, ("a-", "a.b", "x" * 33), "acme-gateway"),
    ("cloudtrail", "CreateTrail", {"Name": None, "S3BucketName": "b"}, ("my-_trail", "ab", "192.168.5.4", "a b"), "codekeep-acme"),
    ("cloudwatch", "PutDashboard", {"DashboardName": None, "DashboardBody": "{}"}, ("a.b", LONG), "codekeep-acme"),
    ("logs", "CreateLogGroup", {"logGroupName": None}, ("aws/mine", "a b", "x" * 513), "/aws/eks/acme/cluster"),
    ("secretsmanager", "CreateSecret", {"Name": None}, ("a b", "a!b"), "codekeep/acme/git-token"),
    ("iam", "CreateRole", {"RoleName": None, "AssumeRolePolicyDocument": "{}"}, ("a b", "x" * 65), "codekeep-acme-nodes"),
    ("iam", "CreateRole", {"RoleName": "r", "Path": None, "AssumeRolePolicyDocument": "{}"}, ("codekeep", "/codekeep"), "/codekeep/"),
    ("opensearch", "CreateDomain", {"DomainName": None}, ("Acme", "1a", "x" * 29, "ab"), "codekeep-acme"),
    ("eks", "CreateCluster", {"name": None, "roleArn": "r", "resourcesVpcConfig": {}}, ("-a", "a.b", "x" * 101), "codekeep-acme"),
    ("eks", "CreateNodegroup", {"clusterName": "c", "nodegroupName": None, "subnets": [], "nodeRole": "r"}, ("a.b", "x" * 64), "gpu-1"),
    ("eks", "CreateCluster", {"name": "c", "roleArn": "r", "resourcesVpcConfig": {}, "tags": {"k": None}}, ("a'b", LONG), "a b"),
    ("backup", "CreateBackupVault", {"BackupVaultName": None}, ("a b", "x" * 51), "codekeep-acme"),
    ("budgets", "TagResource", {"ResourceARN": "r", "ResourceTags": [{"Key": None, "Value": "v"}]}, ("aws:x",), "codekeep:tenant"),
    ("ecr", "CreateRepository", {"repositoryName": "acme/x", "tags": [{"Key": "k", "Value": None}]}, ("a'b",), "ab"),
    ("route53", "ChangeResourceRecordSets", {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": "a.b", "Type": "TXT", "ResourceRecords": [{"Value": None}]}}]}}, ("x" * 4001,), '"x"'),
]  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "template", "bad", "good"), CASES)
def test_values_outside_are_found_and_values_inside_pass(models, service, operation, template, bad, good):
    shape = models(service).operation_model(operation).input_shape
    for value in bad:
        found = list(breaches(_with(template, value), shape, service))
        assert [breach.value for breach in found] == [value]
        assert found[0].problem
    assert not list(breaches(_with(template, good), shape, service))


def _with(template, value):
    """The template with the value where it has None."""
    if template is None:
        return value
    if isinstance(template, dict):
        return {key: _with(item, value) for key, item in template.items()}
    return [_with(item, value) for item in template] if isinstance(template, list) else template


def test_a_description_with_an_apostrophe_is_refused_in_the_words_of_ec2(moto_endpoint):
    ec2 = AwsSession(moto_endpoint, DUMMY, "123456789012").client("ec2", "eu-central-1")
    group = ec2.create_security_group(GroupName="refusals", Description="of the keep")["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rule = {"CidrIp": "10.0.0.0/8", "Description": "the network's own addresses"}
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*Invalid rule description\. Valid descriptions are"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**permission, "IpRanges": [rule]}])
    assert not ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    with pytest.raises(InvalidParameterError, match=r"ec2 CreateSecurityGroup: GroupName is 'sg-mine'"):
        ec2.create_security_group(GroupName="sg-mine", Description="d")
