"""S3 buckets, and the base of their settings that are separate resources."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from awsread.services.s3 import addresses, exists
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, args_of, tag_list

DELETE_BATCH = 1000  # objects per call, AWS's limit

SEPARATE = {
    "accelerationStatus": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "corsRules": "BucketCorsConfiguration",
    "grants": "BucketAcl",
    "lifecycleRules": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "objectLockConfiguration": "BucketObjectLockConfiguration",
    "policy": "BucketPolicy",
    "replicationConfiguration": "BucketReplicationConfig",
    "requestPayer": "BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "BucketServerSideEncryptionConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsiteConfiguration",
}
"""Deprecated property of a bucket → the resource that has it instead."""


class Bucket(LiveResource):
    token = "aws:s3/bucket:Bucket"
    auto_name = "bucket"
    auto_name_max = 63
    in_state = frozenset({"bucketPrefix", "bucketNamespace", "forceDestroy"})

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        for name, other in SEPARATE.items():
            if inputs.get(name) is not None:
                yield name, f"the sandbox takes no {name!r} on the bucket itself (deprecated): use aws.s3.{other}"

    def make(self, api: Api, inputs: Props) -> str:
        place = {} if api.region == "us-east-1" else {"LocationConstraint": api.region}
        api.client("s3").create_bucket(
            Bucket=inputs["bucket"],
            **({"CreateBucketConfiguration": place} if place else {}),
            **args_of(inputs, ObjectLockEnabledForBucket="objectLockEnabled"),
        )
        return str(inputs["bucket"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if tags := inputs.get("tags"):
            api.client("s3").put_bucket_tagging(Bucket=id, Tagging={"TagSet": tag_list(tags)})

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if new.get("tags"):
            self.configure(api, id, new)
        elif "tags" in changed:
            api.client("s3").delete_bucket_tagging(Bucket=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        s3 = api.client("s3")
        if state.get("forceDestroy") and exists(api, id):
            _empty(s3, id)
        s3.delete_bucket(Bucket=id)


class BucketSetting(EchoedResource):
    """One setting of a bucket. Its id is the bucket's name; each write replaces the whole setting."""

    @abstractmethod
    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        """Writes the configuration."""

    @abstractmethod
    def clear(self, s3: Any, bucket: str) -> None:
        """Removes the configuration."""

    def make(self, api: Api, inputs: Props) -> str:
        self.put(api.client("s3"), inputs["bucket"], inputs)
        owner = inputs.get("expectedBucketOwner")
        return f"{inputs['bucket']},{owner}" if owner else str(inputs["bucket"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.put(api.client("s3"), new["bucket"], new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self.clear(api.client("s3"), id.partition(",")[0])


def get_bucket(api: Api, arguments: Props) -> Props:
    """aws.s3.getBucket: a bucket by its name."""
    bucket = arguments["bucket"]
    api.client("s3").head_bucket(Bucket=bucket)
    found = {name: value for name, value in addresses(api, bucket).items() if value is not None}
    return {**arguments, **found, "id": bucket}


def _empty(s3: Any, bucket: str) -> None:
    """Removes every version and delete marker; what a compliance lock protects stays, and the error says so."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
        for start in range(0, len(objects), DELETE_BATCH):
            answer = s3.delete_objects(
                Bucket=bucket,
                Delete={"Objects": objects[start : start + DELETE_BATCH], "Quiet": True},
                BypassGovernanceRetention=True,
            )
            for error in answer.get("Errors", ()):
                raise StandInError(
                    f"bucket {bucket}: {error['Key']!r} cannot be deleted: {error['Code']} {error['Message']}"
                )


FUNCTIONS: dict[str, Function] = {"aws:s3/getBucket:getBucket": get_bucket}
