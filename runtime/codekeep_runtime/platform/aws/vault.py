"""The keep's audit bucket, locked: nobody can change or delete an object until its retention ends."""

from pathlib import Path
from typing import Any

from codekeep_contracts.settings.stores import BucketSettings

FOLDER = "runtime/"  # beside the account's own trail


class Vault:
    """Finished audit segments in a bucket (see audit.shipping.SegmentStore). Objects are
    `<prefix>runtime/<chain>/<segment>.jsonl`.

    Args:
        client: boto3's `s3` client.
    """

    def __init__(self, bucket: BucketSettings, client: Any) -> None:
        self._bucket, self._client, self._prefix = bucket, client, f"{bucket.prefix}{FOLDER}"

    def put(self, chain: str, segment: str, content: bytes) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client.put_object(
                Bucket=self._bucket.name,
                Key=f"{self._prefix}{chain}/{segment}",
                Body=content,
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
                **self._bucket.encryption(),
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise
        return True

    def copy(self, folder: Path) -> None:
        """Downloads all segments into a folder, as `verify` reads them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name, Prefix=self._prefix)
        for key in (each["Key"] for page in pages for each in page.get("Contents", ())):
            chain, _, segment = key.removeprefix(self._prefix).rpartition("/")
            if chain in ("", ".", "..") or "/" in chain or segment in ("", ".", ".."):
                continue  # not ours, and it must not leave the folder
            (folder / chain).mkdir(parents=True, exist_ok=True)
            self._client.download_file(self._bucket.name, key, str(folder / chain / segment))
