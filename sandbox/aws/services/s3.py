"""S3 buckets, and the base of everything that is configured on one."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, or_none
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, given, tag_list, tag_map

DELETE_BATCH = 1000  # objects a call, of AWS

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
"""Deprecated property of a bucket → the resource that holds it instead."""

HOSTED_ZONES = {
    "af-south-1": "Z83WF9RJE8B12",
    "ap-east-1": "ZNB98KWMFR0R6",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-northeast-3": "Z2YQB5RD63NC85",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
"""Route 53 zones of the S3 website endpoints, as AWS publishes them."""


class Bucket(LiveResource):
    token = "aws:s3/bucket:Bucket"
    auto_name = "bucket"
    auto_name_max = 63

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        for name, other in SEPARATE.items():
            if inputs.get(name) is not None:
                yield name, f"the sandbox takes no {name!r} on the bucket itself (deprecated): use aws.s3.{other}"

    def make(self, api: Api, inputs: Props) -> str:
        place = {} if api.region == "us-east-1" else {"LocationConstraint": api.region}
        api.client("s3").create_bucket(
            Bucket=inputs["bucket"],
            **({"CreateBucketConfiguration": place} if place else {}),
            **given(inputs, ObjectLockEnabledForBucket="objectLockEnabled"),
        )
        return str(inputs["bucket"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if tags := inputs.get("tags"):
            api.client("s3").put_bucket_tagging(Bucket=id, Tagging={"TagSet": tag_list(tags)})

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        s3 = api.client("s3")
        if not exists(api, id):
            return None
        lock = or_none(s3.get_object_lock_configuration, Bucket=id)
        tags = or_none(s3.get_bucket_tagging, Bucket=id)
        return {
            "bucket": id,
            "bucketPrefix": state.get("bucketPrefix"),
            "bucketNamespace": state.get("bucketNamespace"),
            "forceDestroy": state.get("forceDestroy", False),
            "objectLockEnabled": bool(lock and lock["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"),
            "tags": tag_map(tags["TagSet"]) if tags else {},
            **addresses(api, id),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "tags" not in changed:
            return
        s3 = api.client("s3")
        if tags := new.get("tags"):
            s3.put_bucket_tagging(Bucket=id, Tagging={"TagSet": tag_list(tags)})
        else:
            s3.delete_bucket_tagging(Bucket=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        s3 = api.client("s3")
        if state.get("forceDestroy") and exists(api, id):
            _empty(s3, id)
        s3.delete_bucket(Bucket=id)


class BucketSetting(EchoedResource):
    """One configuration of a bucket: it has the bucket's name for an id and is written as a whole."""

    @abstractmethod
    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        """Writes the configuration."""

    @abstractmethod
    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        """The live configuration, None where the bucket has none."""

    @abstractmethod
    def clear(self, s3: Any, bucket: str) -> None:
        """Takes the configuration away."""

    def make(self, api: Api, inputs: Props) -> str:
        self.put(api.client("s3"), inputs["bucket"], inputs)
        owner = inputs.get("expectedBucketOwner")
        return f"{inputs['bucket']},{owner}" if owner else str(inputs["bucket"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        bucket, _, owner = id.partition(",")
        if not exists(api, bucket):
            return None
        found = self.get(api.client("s3"), bucket, state)
        return None if found is None else {"bucket": bucket, "expectedBucketOwner": owner or None, **found}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.put(api.client("s3"), new["bucket"], new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self.clear(api.client("s3"), id.partition(",")[0])


def exists(api: Api, bucket: str) -> bool:
    """Whether the bucket is there, in this region: moto would show it in every one."""
    try:
        found = api.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if code_of(error) == "404":  # HEAD has no body to carry a code
            return False
        raise
    return bool(found.get("BucketRegion", api.region) == api.region)


def addresses(api: Api, bucket: str) -> Props:
    """What follows from a bucket's name and region."""
    suffix = "amazonaws.com.cn" if api.partition == "aws-cn" else "amazonaws.com"
    return {
        "arn": f"arn:{api.partition}:s3:::{bucket}",
        "bucketDomainName": f"{bucket}.s3.{suffix}",
        "bucketRegionalDomainName": f"{bucket}.s3.{api.region}.{suffix}",
        "bucketRegion": api.region,
        "hostedZoneId": HOSTED_ZONES.get(api.region),
    }


def get_bucket(api: Api, arguments: Props) -> Props:
    """aws.s3.getBucket: where a bucket is."""
    bucket = arguments["bucket"]
    api.client("s3").head_bucket(Bucket=bucket)
    found = {name: value for name, value in addresses(api, bucket).items() if value is not None}
    return {**arguments, **found, "id": bucket}


def _empty(s3: Any, bucket: str) -> None:
    """Removes every version and delete marker; what a compliance lock holds stays, and the error says so."""
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
