"""Bucket policies, tested by the decisions that they lead to."""

import pulumi
import pytest

from awsread.iam import Decision, Request, decide
from components.iam_policy import document
from components.naming import Keep
from components.storage.bucket_policy import BucketAccess, access_log_delivery, deny_statements, trail_delivery
from tests.components.recording import ACCOUNT, REGION, record

BUCKET = f"arn:aws:s3:::codekeep-acme-models-{ACCOUNT}-{REGION}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/model"
RUNTIME = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-ingest"
REPLICATION = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-replication"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer"
FOREIGN = "arn:aws:iam::999999999999:role/codekeep-acme-ingest"
ENDPOINT = "vpce-0123"
INSIDE = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:SourceVpce": ENDPOINT}
OUTSIDE = {key: value for key, value in INSIDE.items() if key != "aws:SourceVpce"}


@pytest.fixture
def policy(keep: Keep) -> str:
    access = BucketAccess(keep=keep, vpc_endpoint_ids=(ENDPOINT,), service_role_arns=(REPLICATION,))
    recording = record(lambda: document(*deny_statements(access, pulumi.Output.from_input(BUCKET), KEY)))
    return str(recording.value(recording.result))


def get(principal: str = RUNTIME, **changes: str | None) -> Request:
    return request("s3:GetObject", principal, **changes)


def request(action: str, principal: str = RUNTIME, **changes: str | None) -> Request:
    context: dict[str, str | None] = {**INSIDE, **{key.replace("__", ":"): value for key, value in changes.items()}}
    known = {key: value for key, value in context.items() if value is not None}
    return Request(principal=principal, action=action, resource=f"{BUCKET}/weights.bin", context=known)


def put(**headers: str) -> Request:
    return Request(
        principal=RUNTIME, action="s3:PutObject", resource=f"{BUCKET}/weights.bin", context={**INSIDE, **headers}
    )


def test_the_keep_reads_through_its_own_endpoint(policy: str) -> None:
    assert decide(policy, get()) is Decision.NONE  # not denied: its IAM policy decides
    assert decide(policy, request("s3:ListBucket")) is Decision.NONE


def test_plain_http_and_old_tls_are_denied_to_everybody(policy: str, keep: Keep) -> None:
    for principal in (RUNTIME, keep.deployer_role_arn, REPLICATION, "logging.s3.amazonaws.com"):
        assert decide(policy, get(principal, aws__SecureTransport="false", s3__TlsVersion=None)) is Decision.DENY
        assert decide(policy, get(principal, s3__TlsVersion="1.1")) is Decision.DENY


@pytest.mark.parametrize("endpoint", [None, "vpce-9999"])
def test_other_networks_are_denied(policy: str, endpoint: str | None) -> None:
    assert decide(policy, get(aws__SourceVpce=endpoint)) is Decision.DENY
    assert decide(policy, request("s3:PutBucketPolicy", aws__SourceVpce=endpoint)) is Decision.DENY


def test_exempt_roles_reach_the_bucket_from_elsewhere(policy: str, keep: Keep) -> None:
    for principal in (keep.deployer_role_arn, REPLICATION, LINKED, "cloudtrail.amazonaws.com"):
        assert decide(policy, get(principal, aws__SourceVpce=None)) is Decision.NONE, principal
    assert decide(policy, get(aws__SourceVpce=None, aws__ViaAWSService="true")) is Decision.NONE


def test_foreign_principals_are_denied_even_inside(policy: str) -> None:
    assert decide(policy, get(FOREIGN)) is Decision.DENY
    assert decide(policy, get(FOREIGN, aws__ViaAWSService="true")) is Decision.DENY
    assert decide(policy, get("")) is Decision.DENY  # anonymous
    look_alike = LINKED.replace(ACCOUNT, "999999999999")
    assert decide(policy, get(look_alike)) is Decision.DENY


def test_a_deployer_of_another_account_is_not_locked_out(keep: Keep) -> None:
    from dataclasses import replace

    deployer = "arn:aws:iam::777777777777:role/platform-deployer"
    access = BucketAccess(keep=replace(keep, deployer_role_arn=deployer), vpc_endpoint_ids=(ENDPOINT,))
    recording = record(lambda: document(*deny_statements(access, BUCKET, KEY)))
    policy = recording.value(recording.result)
    assert decide(policy, get(deployer, aws__SourceVpce=None)) is Decision.NONE
    assert decide(policy, get(deployer.replace("platform", "other"))) is Decision.DENY


def test_writes_name_the_right_key_or_none(policy: str) -> None:
    algorithm, key_id = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    assert decide(policy, put()) is Decision.NONE  # the bucket's default is the right key
    assert decide(policy, put(**{algorithm: "aws:kms", key_id: KEY})) is Decision.NONE
    assert decide(policy, put(**{algorithm: "AES256"})) is Decision.DENY
    assert decide(policy, put(**{algorithm: "aws:kms", key_id: KEY.replace("model", "other")})) is Decision.DENY
    assert decide(policy, put(**{"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"})) is Decision.DENY


def test_a_bucket_needs_an_endpoint(keep: Keep) -> None:
    with pytest.raises(ValueError, match="vpc_endpoint_ids must name the keep's S3 endpoint"):
        BucketAccess(keep=keep, vpc_endpoint_ids=())


def delivery(principal: str, action: str, resource: str, **context: str) -> Request:
    named = {key.replace("__", ":"): value for key, value in context.items()}
    return Request(principal=principal, action=action, resource=resource, context={**OUTSIDE, **named})


def test_only_the_keeps_trail_delivers(keep: Keep) -> None:
    recording = record(lambda: document(*trail_delivery(keep, BUCKET)))
    policy = recording.value(recording.result)
    ours = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/codekeep-acme-trail"
    owner = {"s3__x-amz-acl": "bucket-owner-full-control"}
    where = f"{BUCKET}/trail/AWSLogs/{ACCOUNT}/CloudTrail/x.json.gz"
    service = "cloudtrail.amazonaws.com"
    assert decide(policy, delivery(service, "s3:PutObject", where, aws__SourceArn=ours, **owner)) is Decision.ALLOW
    assert decide(policy, delivery(service, "s3:GetBucketAcl", BUCKET, aws__SourceArn=ours)) is Decision.ALLOW
    theirs = ours.replace("acme", "other")
    assert decide(policy, delivery(service, "s3:PutObject", where, aws__SourceArn=theirs, **owner)) is Decision.NONE
    assert decide(policy, delivery(service, "s3:PutObject", where, **owner)) is Decision.NONE
    elsewhere = f"{BUCKET}/AWSLogs/999999999999/x"
    assert decide(policy, delivery(service, "s3:PutObject", elsewhere, aws__SourceArn=ours, **owner)) is Decision.NONE
    assert decide(policy, delivery(service, "s3:GetObject", where, aws__SourceArn=ours)) is Decision.NONE


def test_access_logs_come_from_the_keeps_buckets_and_balancers(keep: Keep) -> None:
    recording = record(lambda: document(*access_log_delivery(keep, BUCKET, region=REGION)))
    policy = recording.value(recording.result)
    source = {"aws__SourceAccount": ACCOUNT, "aws__SourceArn": f"arn:aws:s3:::codekeep-acme-audit-{ACCOUNT}-{REGION}"}
    s3 = "logging.s3.amazonaws.com"
    assert decide(policy, delivery(s3, "s3:PutObject", f"{BUCKET}/s3/audit/x", **source)) is Decision.ALLOW
    assert decide(policy, delivery(s3, "s3:GetObject", f"{BUCKET}/s3/audit/x", **source)) is Decision.NONE
    foreign = {**source, "aws__SourceAccount": "999999999999"}
    assert decide(policy, delivery(s3, "s3:PutObject", f"{BUCKET}/s3/audit/x", **foreign)) is Decision.NONE

    balancer = {
        "aws__SourceAccount": ACCOUNT,
        "aws__SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:x",
        "s3__x-amz-acl": "bucket-owner-full-control",
    }
    where = f"{BUCKET}/lb/entry/AWSLogs/{ACCOUNT}/elasticloadbalancing/x"
    logs = "delivery.logs.amazonaws.com"
    assert decide(policy, delivery(logs, "s3:PutObject", where, **balancer)) is Decision.ALLOW
    assert decide(policy, delivery(logs, "s3:PutObject", f"{BUCKET}/s3/audit/x", **balancer)) is Decision.NONE
    assert decide(policy, delivery(logs, "s3:PutObject", where, **{**balancer, "s3__x-amz-acl": "private"})) is (
        Decision.NONE
    )
