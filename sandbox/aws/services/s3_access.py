"""Access to a bucket, and encryption and versioning of its objects."""

from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of
from awsread.services.s3 import BLOCKS, ENCRYPTION
from awsread.spelling import Spelling
from sandbox.aws.resource import Props
from sandbox.aws.services.live import args_of
from sandbox.aws.services.s3 import BucketSetting

VERSIONING = Spelling({"mfaDelete": "MFADelete"})


class BucketVersioning(BucketSetting):
    """A bucket never loses its versioning: deletion suspends it, as the official provider does."""

    token = "aws:s3/bucketVersioning:BucketVersioning"
    partly = frozenset({"versioningConfiguration"})
    in_state = frozenset({"mfa"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        wanted = inputs["versioningConfiguration"]
        if wanted["status"] == "Disabled":
            return  # the state of a new bucket, to which AWS cannot return
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration=VERSIONING.to_api(wanted), **args_of(inputs, MFA="mfa")
        )

    def clear(self, s3: Any, bucket: str) -> None:
        if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            return
        try:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        except ClientError as error:
            if code_of(error) != "InvalidBucketState":  # Object Lock keeps it on for ever
                raise


class BucketServerSideEncryptionConfiguration(BucketSetting):
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    partly = frozenset({"rules"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        rules = [_with_blocked(rule) for rule in ENCRYPTION.to_api(inputs["rules"])]
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_encryption(Bucket=bucket)


class BucketPublicAccessBlock(BucketSetting):
    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    in_state = frozenset({"skipDestroy"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        blocks = args_of(inputs, **{name: f"{name[0].lower()}{name[1:]}" for name in BLOCKS})
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_public_access_block(Bucket=bucket)


class BucketPolicy(BucketSetting):
    token = "aws:s3/bucketPolicy:BucketPolicy"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        s3.put_bucket_policy(Bucket=bucket, Policy=inputs["policy"])

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_policy(Bucket=bucket)


class BucketOwnershipControls(BucketSetting):
    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        rule = {"ObjectOwnership": inputs["rule"]["objectOwnership"]}
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [rule]})

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_ownership_controls(Bucket=bucket)


def _with_blocked(rule: Props) -> Props:
    """The API wraps the list of blocked encryption types once more."""
    blocked = rule.get("BlockedEncryptionTypes")
    return {**rule, "BlockedEncryptionTypes": {"EncryptionType": blocked}} if blocked else rule
