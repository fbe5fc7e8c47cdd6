from tests.components.contract import taggable


def test_taggable_reads_the_provider() -> None:
    assert taggable("aws:s3/bucket:Bucket")
    assert taggable("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert not taggable("aws:s3/bucketPolicy:BucketPolicy")
    assert not taggable("kubernetes:core/v1:Namespace")
