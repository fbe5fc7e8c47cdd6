"""What the trial does to the account with the caller's own credentials: tampers, empties, lists what is left."""

from collections.abc import Iterator
from typing import Any

import boto3

BATCH = 500
EVERYONE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class WrongAccountError(Exception):
    """The credentials are those of another account than the spec's."""


class TrialAccount:
    """The account of one stack. AWS_ENDPOINT_URL, where it is set, leads to the sandbox."""

    def __init__(self, stack: str, account_id: str, region: str) -> None:
        self._stack, self._region = stack, region
        found = self._client("sts").get_caller_identity()["Account"]
        if found != account_id:
            raise WrongAccountError(f"the credentials are of account {found}, the spec's is {account_id}")

    def open_group(self) -> str:
        """Lets everybody in at port 22 of one of the keep's security groups; its id."""
        ec2 = self._client("ec2")
        tagged = [{"Name": "tag:codekeep:tenant", "Values": [self._stack]}]
        groups = ec2.describe_security_groups(Filters=tagged)["SecurityGroups"]
        group = next(each for each in groups if each["GroupName"] != "default")
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[EVERYONE])
        return str(group["GroupId"])

    def drop_encryption(self, bucket: str) -> None:
        """Takes the keep's key from a bucket."""
        self._client("s3").delete_bucket_encryption(Bucket=bucket)

    def empty(self, bucket: str) -> None:
        """Deletes every version of every object; one that is locked by governance as well."""
        s3 = self._client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
            for start in range(0, len(keys), BATCH):
                batch = {"Objects": keys[start : start + BATCH], "Quiet": True}
                s3.delete_objects(Bucket=bucket, Delete=batch, BypassGovernanceRetention=True)

    def left(self) -> Iterator[str]:
        """ARNs of what still has the keep's tag."""
        tags = self._client("resourcegroupstaggingapi").get_paginator("get_resources")
        for page in tags.paginate(TagFilters=[{"Key": "codekeep:tenant", "Values": [self._stack]}]):
            yield from (each["ResourceARN"] for each in page["ResourceTagMappingList"])

    def _client(self, service: str) -> Any:
        return boto3.client(service, region_name=self._region)  # type: ignore[call-overload]
