"""ARNs and endpoint hosts by partition."""

import pytest

from components.arns import arn, partition, role_arn, root_arn, service_host, via_service


@pytest.mark.parametrize(
    ("region", "expected", "host"),
    [
        ("eu-central-1", "aws", "s3.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "s3.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "aws-eusc", "s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_regions_have_their_partitions_and_hosts(region: str, expected: str, host: str) -> None:
    assert partition(region) == expected
    assert service_host("s3", region) == host
    assert via_service("s3", region) == f"s3.{region}.amazonaws.com"  # in all partitions
    assert root_arn("123456789012", region) == f"arn:{expected}:iam::123456789012:root"


def test_arns_contain_partition_region_and_account() -> None:
    assert arn("sqs", "q", region="eu-west-1", account_id="1") == "arn:aws:sqs:eu-west-1:1:q"
    assert arn("s3", "b/*", region="eu-west-1", regional=False) == "arn:aws:s3:::b/*"
    assert role_arn("path/r", "1", "eu-west-1") == "arn:aws:iam::1:role/path/r"
