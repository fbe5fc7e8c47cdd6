"""The contract checks for components."""

from tests.components.contract import accepts


def test_accepts_reads_the_providers_arguments() -> None:
    assert accepts("aws:s3/bucket:Bucket", "tags")
    assert accepts("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tags")
    assert not accepts("aws:s3/bucketPolicy:BucketPolicy", "tags")
    assert not accepts("kubernetes:core/v1:Namespace", "tags")
    assert not accepts("aws:iam/role:Role", "region")
