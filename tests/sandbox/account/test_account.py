"""The sandbox account: a background process that is restored from its journal after it was killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.account import Account, Endpoint
from sandbox.aws.api import DUMMY, AwsSession, Credentials
from sandbox.aws.ledger import SqliteLedger

REGION = "eu-central-1"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    found = Account(tmp_path / "home")
    yield found
    found.reset()


def session(endpoint: Endpoint) -> AwsSession:
    return AwsSession(endpoint.url, DUMMY, endpoint.account_id)


def record(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "home" / "account.json").read_text()))


def kill_server(home: Path) -> None:
    pid = record(home)["pid"]
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def build(aws: AwsSession) -> None:
    """Creates resources of many services concurrently, so that requests interleave."""
    ec2 = aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def one(number: int) -> None:
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")
        ec2.create_security_group(VpcId=vpc, GroupName=f"g{number}", Description="d")
        aws.client("kms", REGION).create_key(Description=str(number))
        aws.client("iam", REGION).create_role(RoleName=f"r{number}", AssumeRolePolicyDocument="{}")
        aws.client("secretsmanager", REGION).create_secret(Name=f"s{number}", SecretString="x")
        aws.client("s3", REGION).create_bucket(
            Bucket=f"bucket-{number}", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        aws.client("s3", REGION).put_object(Bucket=f"bucket-{number}", Key="a b/ü", Body=b"\x00\xff")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(12)))


def generated_ids(aws: AwsSession) -> dict[str, Any]:
    """The generated ids of all resources."""
    ec2 = aws.client("ec2", REGION)
    return {
        "vpcs": sorted((item["VpcId"], item["CidrBlock"]) for item in ec2.describe_vpcs()["Vpcs"]),
        "subnets": sorted((item["SubnetId"], item["CidrBlock"]) for item in ec2.describe_subnets()["Subnets"]),
        "groups": sorted(
            (item["GroupId"], item["GroupName"]) for item in ec2.describe_security_groups()["SecurityGroups"]
        ),
        "tables": sorted(item["RouteTableId"] for item in ec2.describe_route_tables()["RouteTables"]),
        "keys": sorted(item["KeyId"] for item in aws.client("kms", REGION).list_keys()["Keys"]),
        "roles": sorted((item["RoleId"], item["RoleName"]) for item in aws.client("iam", REGION).list_roles()["Roles"]),
        "secrets": sorted(item["ARN"] for item in aws.client("secretsmanager", REGION).list_secrets()["SecretList"]),
        "objects": [
            aws.client("s3", REGION).get_object(Bucket=f"bucket-{number}", Key="a b/ü")["Body"].read()
            for number in range(12)
        ],
    }


def test_a_killed_account_is_restored_with_the_same_ids(account: Account, tmp_path: Path) -> None:
    before = account.ensure()
    aws = session(before)
    build(aws)
    seen = generated_ids(aws)
    assert len(seen["subnets"]) >= 12
    kill_server(tmp_path)
    assert not account.status().running

    after = account.ensure()
    assert after == before, "same URL, same epoch"
    assert not account.lost_since(before.epoch)
    assert generated_ids(session(after)) == seen
    server = account.status().server
    assert server is not None
    assert server.failed == 0
    aws_again = session(after)
    vpc = aws_again.client("ec2", REGION).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert vpc not in {found for found, _ in seen["vpcs"]}, "a new thing after the return has a new id"


def test_ids_generated_by_a_read_are_restored_too(account: Account, tmp_path: Path) -> None:
    def subnets() -> list[str]:
        found = session(account.ensure()).client("ec2", "eu-west-1").describe_subnets()["Subnets"]
        return sorted(item["SubnetId"] for item in found)

    first = subnets()  # the region's default network is made at this very request
    assert first
    session(account.ensure()).client("ec2", "eu-west-1").create_vpc(CidrBlock="10.0.0.0/16")
    kill_server(tmp_path)
    assert subnets() == first


def test_a_bucket_of_access_logs_that_was_emptied_and_deleted_stays_deleted(account: Account, tmp_path: Path) -> None:
    s3 = session(account.ensure()).client("s3", REGION)
    for bucket in ("logs", "data"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    grant = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    grants = [{"Grantee": grant, "Permission": permission} for permission in ("READ_ACP", "WRITE")]
    owner = s3.get_bucket_acl(Bucket="logs")["Owner"]
    s3.put_bucket_acl(Bucket="logs", AccessControlPolicy={"Grants": grants, "Owner": owner})
    target = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "data/"}}
    s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=target)
    s3.list_objects_v2(Bucket="data")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="logs")["Contents"]]
    assert keys
    time.sleep(1.1)  # keys contain seconds
    kill_server(tmp_path)
    s3 = session(account.ensure()).client("s3", REGION)
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="logs")["Contents"]] == keys
    s3.delete_bucket(Bucket="data")  # logged too
    for item in s3.list_objects_v2(Bucket="logs")["Contents"]:
        s3.delete_object(Bucket="logs", Key=item["Key"])
    s3.delete_bucket(Bucket="logs")
    time.sleep(1.1)
    kill_server(tmp_path)
    assert session(account.ensure()).client("s3", REGION).list_buckets()["Buckets"] == []


def test_accounts_of_different_roles_are_separate(account: Account, tmp_path: Path) -> None:
    def buckets_of(role_account: str) -> list[str]:
        base = session(account.ensure())
        answer = base.client("sts", REGION).assume_role(
            RoleArn=f"arn:aws:iam::{role_account}:role/deployer", RoleSessionName="test"
        )["Credentials"]
        credentials = Credentials(
            access_key=answer["AccessKeyId"], secret_key=answer["SecretAccessKey"], token=answer["SessionToken"]
        )
        aws = AwsSession(base.endpoint, credentials, role_account)
        assert aws.client("sts", REGION).get_caller_identity()["Account"] == role_account
        return [item["KeyId"] for item in aws.client("kms", REGION).list_keys()["Keys"]] or [
            aws.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
        ]

    one, two = buckets_of("111122223333"), buckets_of("444455556666")
    assert one != two
    kill_server(tmp_path)
    assert buckets_of("111122223333") == one
    assert buckets_of("444455556666") == two


def test_stop_keeps_the_account_and_reset_removes_it(account: Account, tmp_path: Path) -> None:
    first = account.ensure()
    session(first).client("sns", REGION).create_topic(Name="t")
    ledger = SqliteLedger(first.ledger_path, "a")
    ledger.put(REGION, "aws:accessanalyzer/analyzer:Analyzer", "id", {"a": 1})
    ledger.put(REGION, "aws:sns/topic:Topic", "id", {"signatureVersion": 2})  # an entry that moto does not have
    assert account.status().recorded == {"aws:accessanalyzer/analyzer:Analyzer": 1}
    assert account.stop()
    assert not account.stop(), "nothing runs any more"

    second = account.ensure()
    assert second.epoch == first.epoch
    assert session(second).client("sns", REGION).list_topics()["Topics"]
    account.reset()
    assert not first.ledger_path.exists()

    third = account.ensure()
    assert third.epoch != first.epoch
    assert account.lost_since(first.epoch)
    assert session(third).client("sns", REGION).list_topics()["Topics"] == []


def test_another_process_with_the_recorded_pid_is_not_ended(account: Account, tmp_path: Path) -> None:
    account.ensure()
    kill_server(tmp_path)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        path = tmp_path / "home" / "account.json"
        path.write_text(json.dumps({**record(tmp_path), "pid": stranger.pid}))
        assert not account.status().running
        assert not account.stop()
        time.sleep(0.1)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_concurrent_callers_start_one_server(tmp_path: Path, account: Account) -> None:
    with ThreadPoolExecutor(6) as threads:
        endpoints = list(threads.map(lambda _: Account(tmp_path / "home").ensure(), range(6)))
    assert len(endpoints) == 6
    assert len(set(endpoints)) == 1


def test_a_journal_of_another_moto_version_starts_a_new_account(account: Account, tmp_path: Path) -> None:
    first = account.ensure()
    account.stop()
    journal = tmp_path / "home" / "account.journal"
    header, _, rest = journal.read_text().partition("\n")
    journal.write_text(json.dumps({**json.loads(header), "moto": "1.0"}) + "\n" + rest)
    assert account.lost_since(first.epoch)


def test_an_incomplete_last_line_is_removed(account: Account, tmp_path: Path) -> None:
    session(account.ensure()).client("sns", REGION).create_topic(Name="t")
    account.stop()
    journal = tmp_path / "home" / "account.journal"
    assert journal.stat().st_mode & 0o077 == 0, "the journal contains secrets"
    with journal.open("a") as file:
        file.write('{"number": 99, "envi')
    for name in ("u", "v"):  # the second start reads what the first one wrote after the torn line
        session(account.ensure()).client("sns", REGION).create_topic(Name=name)
        account.stop()
    topics = session(account.ensure()).client("sns", REGION).list_topics()["Topics"]
    assert len(topics) == 3


def test_another_port_is_used_if_the_recorded_one_is_taken(account: Account, tmp_path: Path) -> None:
    import socket

    first = account.ensure()
    account.stop()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", int(first.url.rpartition(":")[2])))
        stranger.listen()
        second = account.ensure()
    assert second.url != first.url
    assert second.epoch == first.epoch


def test_public_image_parameters_exist(account: Account) -> None:
    ssm = session(account.ensure()).client("ssm", REGION)
    name = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/nvidia/recommended/image_id"
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"].startswith("ami-")
    assert ssm.get_parameters(Names=[name])["Parameters"]


def test_deleting_a_vpc_deletes_its_network_acl(account: Account) -> None:
    ec2 = session(account.ensure()).client("ec2", REGION)
    before = ec2.describe_network_acls()["NetworkAcls"]
    assert before  # the default network's own
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert len(ec2.describe_network_acls()["NetworkAcls"]) == len(before) + 1
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_network_acls()["NetworkAcls"] == before
