"""Who may reach a bucket, and how what lies in it is encrypted and versioned."""

from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, or_none
from sandbox.aws.resource import Props
from sandbox.aws.services.live import given, same_json
from sandbox.aws.services.s3 import BucketSetting
from sandbox.aws.services.spelling import Spelling

BLOCKS = {
    "BlockPublicAcls": "blockPublicAcls",
    "BlockPublicPolicy": "blockPublicPolicy",
    "IgnorePublicAcls": "ignorePublicAcls",
    "RestrictPublicBuckets": "restrictPublicBuckets",
}
ENCRYPTION = Spelling({"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"})
VERSIONING = Spelling({"mfaDelete": "MFADelete"})


class BucketVersioning(BucketSetting):
    """A bucket never loses its versioning: deletion suspends it, as the official provider does."""

    token = "aws:s3/bucketVersioning:BucketVersioning"
    partly = frozenset({"versioningConfiguration"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        wanted = inputs["versioningConfiguration"]
        if wanted["status"] == "Disabled":
            return  # a fresh bucket is that already; AWS has no way back to it
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration=VERSIONING.to_api(wanted), **given(inputs, MFA="mfa")
        )

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = s3.get_bucket_versioning(Bucket=bucket)
        live = {"status": found.get("Status", "Disabled"), "mfaDelete": found.get("MFADelete")}
        return {
            "versioningConfiguration": {name: value for name, value in live.items() if value is not None},
            "mfa": state.get("mfa"),
        }

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

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_bucket_encryption, Bucket=bucket)
        if not found:
            return None
        live = found["ServerSideEncryptionConfiguration"]["Rules"]
        return {"rules": [_without_nesting(rule) for rule in ENCRYPTION.to_props(live)]}

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_encryption(Bucket=bucket)


class BucketPublicAccessBlock(BucketSetting):
    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=given(inputs, **BLOCKS))

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_public_access_block, Bucket=bucket)
        if not found:
            return None
        blocks = found["PublicAccessBlockConfiguration"]
        return {
            **{name: bool(blocks.get(key)) for key, name in BLOCKS.items()},
            "skipDestroy": state.get("skipDestroy"),
        }

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_public_access_block(Bucket=bucket)


class BucketPolicy(BucketSetting):
    token = "aws:s3/bucketPolicy:BucketPolicy"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        s3.put_bucket_policy(Bucket=bucket, Policy=inputs["policy"])

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_bucket_policy, Bucket=bucket)
        return {"policy": same_json(state.get("policy"), found["Policy"])} if found else None

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_policy(Bucket=bucket)


class BucketOwnershipControls(BucketSetting):
    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        rule = {"ObjectOwnership": inputs["rule"]["objectOwnership"]}
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [rule]})

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_bucket_ownership_controls, Bucket=bucket)
        rules = found["OwnershipControls"]["Rules"] if found else []
        return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}} if rules else None

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_ownership_controls(Bucket=bucket)


def _with_blocked(rule: Props) -> Props:
    """The API wraps the list of blocked encryption types once more."""
    blocked = rule.get("BlockedEncryptionTypes")
    return {**rule, "BlockedEncryptionTypes": {"EncryptionType": blocked}} if blocked else rule


def _without_nesting(rule: Props) -> Props:
    blocked = rule.get("blockedEncryptionTypes")
    return {**rule, "blockedEncryptionTypes": blocked["encryptionType"]} if blocked else rule
