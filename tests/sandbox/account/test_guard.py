"""The account refuses wrong signatures, and what a role's policies do not allow, in each protocol's own form."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.account.account import Account, Endpoint
from sandbox.account.guard.guard import judge
from sandbox.account.guard.operation import operation_of
from sandbox.account.guard.signature import is_right, signed
from tests.sandbox.account.signing import sent

SECRET = "sandbox"
V4 = Config(signature_version="s3v4", s3={"addressing_style": "path"})
ROLE = "arn:aws:iam::111122223333:role/pod"
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "CreateBucket", {"Bucket": "b", "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}),
    ("s3", "GetBucketVersioning", {"Bucket": "b"}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "a b/ü+x", "Body": b"x"}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k"}),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a/b c"}),
    ("s3", "HeadBucket", {"Bucket": "b"}),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "k", "PartNumber": 1, "UploadId": "u", "Body": b""}),
    ("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "b/x"}),
    ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}]}}),
    ("s3", "ListBuckets", {}),
    ("eks", "DescribeNodegroup", {"clusterName": "c", "nodegroupName": "n"}),
    ("eks", "TagResource", {"resourceArn": "arn:aws:eks:eu-central-1:1:cluster/c", "tags": {"a": "b"}}),
    ("route53", "ListResourceRecordSets", {"HostedZoneId": "Z1"}),
    ("opensearch", "DescribeDomain", {"DomainName": "abc"}),
    ("guardduty", "ListDetectors", {}),
    ("accessanalyzer", "ListAnalyzers", {}),
    ("ec2", "DescribeVpcs", {"VpcIds": ["vpc-1"]}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "abc"}),
    ("sqs", "SendMessage", {"QueueUrl": "http://127.0.0.1/1/q", "MessageBody": "x"}),
    ("sns", "Publish", {"TopicArn": "arn:aws:sns:eu-central-1:1:t", "Message": "x"}),
    ("kms", "Decrypt", {"CiphertextBlob": b"x", "KeyId": "k"}),
    ("logs", "CreateLogGroup", {"logGroupName": "g"}),
    ("elbv2", "DescribeLoadBalancers", {}),
    ("cloudwatch", "PutMetricData", {"Namespace": "n", "MetricData": []}),
    ("resourcegroupstaggingapi", "GetResources", {}),
    ("service-quotas", "GetServiceQuota", {"ServiceCode": "vpc", "QuotaCode": "L-29B6F2EB"}),
    ("budgets", "DescribeBudget", {"AccountId": "111122223333", "BudgetName": "b"}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), CALLS, ids=[f"{a}-{b}" for a, b, _ in CALLS])
def test_a_request_is_understood_and_its_signature_checked(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    message = sent(service, operation, parameters)
    found = signed(message)
    assert found is not None
    understood = operation_of(message, found.service)
    assert understood is not None
    assert understood.name == operation
    assert is_right(message, found, SECRET)
    assert not is_right(message, found, "another")
    assert not is_right(replace(message, method="PATCH"), found, SECRET)
    if service == "s3" and message.body:
        assert not is_right(replace(message, body=message.body + b"x"), found, SECRET)
    assert judge(message) is None


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("s3", b"<Code>SignatureDoesNotMatch</Code>"),
        ("ec2", b"<Errors><Error><Code>AuthFailure</Code>"),
        ("iam", b"<ErrorResponse"),
        ("eks", b'"__type": "InvalidSignatureException"'),
        ("kms", b'"__type": "InvalidSignatureException"'),
        ("route53", b"<ErrorResponse"),
    ],
)
def test_a_wrong_signature_is_refused_in_the_form_of_the_service(service: str, code: bytes) -> None:
    operation, parameters = next((b, c) for a, b, c in CALLS if a == service)
    refusal = judge(sent(service, operation, parameters, "wrong"))
    assert refusal is not None
    assert code in refusal.body


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Any:
    account = Account(tmp_path_factory.mktemp("guarded"))
    yield account.ensure()
    account.stop()


def session(endpoint: Endpoint, role: str) -> Any:
    """Makes clients with the credentials of a role."""
    place = {"endpoint_url": endpoint.url, "region_name": "eu-central-1"}
    sts = boto3.client("sts", **place, aws_access_key_id="AKIASANDBOXSANDBOX00", aws_secret_access_key=SECRET)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]

    def client(service: str, **changes: Any) -> Any:
        own = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return boto3.client(service, **{**place, **own, **changes})

    return client


def test_a_presigned_url_is_checked(endpoint: Endpoint) -> None:
    owner = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")
    bucket = {"Bucket": "presigned", "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
    owner("s3").create_bucket(**bucket)
    owner("s3").put_object(Bucket="presigned", Key="a b/k", Body=b"x")
    place = {"Params": {"Bucket": "presigned", "Key": "a b/k"}, "ExpiresIn": 60}
    url = owner("s3", config=V4).generate_presigned_url("get_object", **place)
    assert answer(url) == (200, b"x")
    forged = owner("s3", config=V4, aws_secret_access_key="wrong").generate_presigned_url("get_object", **place)
    for wrong in (forged, url.replace("a%20b/k", "a%20b/other"), url.replace("Expires=60", "Expires=6000")):
        assert answer(wrong)[0] == 403, wrong
        assert b"SignatureDoesNotMatch" in answer(wrong)[1]
    expired = owner("s3", config=V4).generate_presigned_url("get_object", **{**place, "ExpiresIn": 0})
    time.sleep(1.1)
    assert answer(expired)[0] == 403
    assert answer(owner("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET"))[0] == 200


def test_who_signs_nothing_may_do_what_a_policy_lets_everybody_do(endpoint: Endpoint) -> None:
    owner = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")("s3")
    owner.create_bucket(Bucket="open", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    owner.put_object(Bucket="open", Key="k", Body=b"x")
    url = f"{endpoint.url}/open/k"
    assert answer(url)[0] == 403
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}
    owner.put_bucket_policy(Bucket="open", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert answer(url) == (200, b"x")
    assert answer(f"{endpoint.url}/open")[0] == 403
    unsigned = {"config": Config(signature_version=UNSIGNED)}
    place = {"endpoint_url": endpoint.url, "region_name": "eu-central-1"}
    for service, call in (("sqs", "list_queues"), ("iam", "list_roles"), ("ec2", "describe_vpcs")):
        with pytest.raises(ClientError, match="MissingAuthenticationToken"):
            getattr(boto3.client(service, **place, **unsigned), call)()
    with pytest.raises(ClientError):
        boto3.client("eks", **place, **unsigned).list_clusters()
    web = boto3.client("sts", **place, **unsigned)
    web.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="web", WebIdentityToken="token")


def answer(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as found:  # noqa: S310 - of the sandbox
            return found.status, found.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def policy(*actions: str, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trusting(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_role_that_exists_is_held_to_its_policies(endpoint: Endpoint) -> None:
    owner = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")
    trust = trusting({"AWS": "123456789012"})
    iam = owner("iam")
    iam.create_role(RoleName="pod", AssumeRolePolicyDocument=trust)
    here = {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
    iam.put_role_policy(
        RoleName="pod", PolicyName="p", PolicyDocument=policy("ec2:DescribeVpcs", "s3:*", Condition=here)
    )
    pod = session(endpoint, ROLE)
    pod("ec2").describe_vpcs()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        pod("ec2").describe_subnets()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        pod("ec2", region_name="us-east-1").describe_vpcs()  # the condition
    with pytest.raises(ClientError, match=r"AccessDeniedException.*sqs:ListQueues"):
        pod("sqs").list_queues()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        pod("s3", aws_secret_access_key="wrong").list_buckets()
    pod("s3").list_buckets()
    pod("sts").get_caller_identity()


def test_a_role_is_held_to_the_tags_of_what_it_names_and_makes(endpoint: Endpoint) -> None:
    owner = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")
    iam, ec2 = owner("iam"), owner("ec2")
    iam.create_role(RoleName="tagged", AssumeRolePolicyDocument=trusting({"AWS": "123456789012"}))
    statements = [
        ("ec2:CreateSubnet", "*:*:subnet/*", {"aws:RequestTag/keep": "a"}),
        ("ec2:*", "*", {"aws:ResourceTag/keep": "a"}),
        ("ec2:CreateTags", "*", {"aws:RequestTag/keep": "a", "ec2:CreateAction": ["CreateSubnet", "CreateRouteTable"]}),
        ("ec2:CreateRouteTable", "*:*:route-table/*", {"aws:RequestTag/keep": "a"}),
    ]
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:ec2:{place}" if place != "*" else "*"}
            | {"Condition": {"StringEquals": condition}}
            for action, place, condition in statements
        ],
    }
    iam.put_role_policy(RoleName="tagged", PolicyName="p", PolicyDocument=json.dumps(document))
    tagged = session(endpoint, "arn:aws:iam::111122223333:role/tagged")("ec2")

    def tags(kind: str, keep: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": [{"Key": "keep", "Value": keep}]}]

    own, foreign = (
        ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", keep))["Vpc"]["VpcId"] for keep in "ab"
    )
    subnet = tagged.create_subnet(VpcId=own, CidrBlock="10.0.1.0/24", TagSpecifications=tags("subnet", "a"))["Subnet"]
    for vpc, keep in ((foreign, "a"), (own, "b")):
        with pytest.raises(ClientError, match=r"ec2:CreateSubnet"):
            tagged.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24", TagSpecifications=tags("subnet", keep))
    table = tagged.create_route_table(VpcId=own, TagSpecifications=tags("route-table", "a"))["RouteTable"]
    joined = tagged.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet["SubnetId"])
    other = ec2.create_route_table(VpcId=foreign)["RouteTable"]["RouteTableId"]
    beyond = ec2.create_subnet(VpcId=foreign, CidrBlock="10.0.3.0/24")["Subnet"]["SubnetId"]
    apart = ec2.associate_route_table(RouteTableId=other, SubnetId=beyond)["AssociationId"]
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        tagged.disassociate_route_table(AssociationId=apart)
    tagged.disassociate_route_table(AssociationId=joined["AssociationId"])
    for call, arguments in (("delete_vpc", {"VpcId": foreign}), ("delete_route_table", {"RouteTableId": other})):
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            getattr(tagged, call)(**arguments)
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        tagged.create_tags(Resources=[foreign], Tags=[{"Key": "keep", "Value": "a"}])
    tagged.create_tags(Resources=[own], Tags=[{"Key": "team", "Value": "x"}])


def test_keys_detectors_alarms_and_balancers_are_named_as_aws_names_them(endpoint: Endpoint) -> None:
    """A role that may deal with its own is refused on what is another's, whose owner made it before."""
    owner = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")
    iam, mine, other = owner("iam"), {"keep": "a"}, {"keep": "b"}
    iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=trusting({"AWS": "123456789012"}))
    tagged, new = {"StringEquals": {"aws:ResourceTag/keep": "a"}}, {"StringEquals": {"aws:RequestTag/keep": "a"}}
    statements = [
        (["kms:CreateKey"], ["*"], new),
        (["kms:TagResource"], ["arn:aws:kms:*:*:key/*"], new),
        (["kms:CreateAlias"], ["arn:aws:kms:*:*:alias/a"], {}),
        (["guardduty:*"], ["*"], tagged),
        (["cloudwatch:*"], ["arn:aws:cloudwatch:*:*:alarm:a"], {}),
        (["events:*"], ["arn:aws:events:*:*:rule/a"], {}),
        (["ssm:*"], ["arn:aws:ssm:*:*:parameter/keep/a"], {}),
        (["elasticloadbalancing:*"], ["arn:aws:elasticloadbalancing:*:*:loadbalancer/net/a/*"], {}),
    ]
    document = [
        {"Effect": "Allow", "Action": actions, "Resource": resources, **({"Condition": limit} if limit else {})}
        for actions, resources, limit in statements
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": document})
    iam.put_role_policy(RoleName="keeper", PolicyName="p", PolicyDocument=text)
    role = "arn:aws:iam::111122223333:role/keeper"
    keeper = session(endpoint, role)
    kms = keeper("kms")
    listed = {name: [{"TagKey": "keep", "TagValue": tags["keep"]}] for name, tags in (("a", mine), ("b", other))}
    holding = policy("kms:*", Principal={"AWS": role})
    own = kms.create_key(Tags=listed["a"], Policy=holding)["KeyMetadata"]["KeyId"]  # its own policy names the role
    foreign = owner("kms").create_key(Tags=listed["b"])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/a", TargetKeyId=own)
    kms.enable_key_rotation(KeyId=own)
    vpc = owner("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = owner("ec2").create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    balancing = {"Type": "network", "Subnets": [subnet], "Scheme": "internal"}
    arns = {
        name: owner("elbv2").create_load_balancer(Name=name, **balancing)["LoadBalancers"][0]["LoadBalancerArn"]
        for name in "ab"
    }
    detector = owner("guardduty").create_detector(Enable=True, Tags=mine)["DetectorId"]
    beyond = owner("guardduty", region_name="eu-west-1").create_detector(Enable=True, Tags=other)["DetectorId"]
    alarm = {"EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold", "MetricName": "m", "Namespace": "n"}
    alarm |= {"Period": 60, "Statistic": "Sum", "Threshold": 1.0}
    allowed: list[tuple[str, str, dict[str, Any]]] = [
        ("cloudwatch", "put_metric_alarm", {"AlarmName": "a", **alarm}),
        ("events", "put_rule", {"Name": "a", "EventPattern": '{"source": ["x"]}'}),
        ("ssm", "put_parameter", {"Name": "/keep/a", "Value": "x", "Type": "String"}),
        ("guardduty", "get_detector", {"DetectorId": detector}),
        ("elbv2", "delete_load_balancer", {"LoadBalancerArn": arns["a"]}),
    ]
    for service, call, arguments in allowed:
        getattr(keeper(service), call)(**arguments)
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("kms", "create_key", {"Tags": listed["b"], "Policy": holding}),
        ("kms", "schedule_key_deletion", {"KeyId": foreign}),
        ("kms", "create_alias", {"AliasName": "alias/a", "TargetKeyId": foreign}),
        ("kms", "create_alias", {"AliasName": "alias/b", "TargetKeyId": own}),
        ("cloudwatch", "put_metric_alarm", {"AlarmName": "b", **alarm}),
        ("events", "put_rule", {"Name": "b", "EventPattern": '{"source": ["x"]}'}),
        ("ssm", "put_parameter", {"Name": "/keep/b", "Value": "x", "Type": "String"}),
        ("elbv2", "delete_load_balancer", {"LoadBalancerArn": arns["b"]}),
    ]
    for service, call, arguments in refused:
        with pytest.raises(ClientError, match="not authorized to perform"):
            getattr(keeper(service), call)(**arguments)
    with pytest.raises(ClientError, match="not authorized to perform: guardduty:GetDetector"):
        keeper("guardduty", region_name="eu-west-1").get_detector(DetectorId=beyond)


def test_a_boundary_and_a_trust_policy_limit_a_role(endpoint: Endpoint) -> None:
    iam = session(endpoint, "arn:aws:iam::111122223333:role/nobody-made-it")("iam")
    trust = trusting({"AWS": "123456789012"})
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=policy("sqs:*"))["Policy"]["Arn"]
    iam.create_role(RoleName="limited", AssumeRolePolicyDocument=trust, PermissionsBoundary=limit)
    iam.put_role_policy(RoleName="limited", PolicyName="p", PolicyDocument=policy("*"))
    limited = session(endpoint, "arn:aws:iam::111122223333:role/limited")
    limited("sqs").list_queues()
    with pytest.raises(ClientError, match="boundary"):
        limited("sns").list_topics()
    trust = trusting({"Service": "ec2.amazonaws.com"})
    iam.update_assume_role_policy(RoleName="limited", PolicyDocument=trust)
    with pytest.raises(ClientError, match="AccessDenied"):
        session(endpoint, "arn:aws:iam::111122223333:role/limited")
