"""The keep's locked bucket: what is put there can be changed or taken away by nobody until its retention is over."""

from pathlib import Path
from typing import Any

from codekeep_contracts.settings.stores import BucketSettings

FOLDER = "runtime/"  # beside what the account's own trail delivers


class Vault:
    """Segments of chains as objects `<prefix>runtime/<chain>/<segment>.jsonl`.

    Args:
        client: boto3's `s3` client.
    """

    def __init__(self, bucket: BucketSettings, client: Any) -> None:
        self._bucket, self._client, self._prefix = bucket, client, f"{bucket.prefix}{FOLDER}"

    def put(self, chain: str, segment: str, content: bytes) -> bool:
        """False where it is there already: who writes may not read, so what is there is the auditor's to verify."""
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
        """Brings all segments into a folder, as `verify` reads them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name, Prefix=self._prefix)
        for key in (each["Key"] for page in pages for each in page.get("Contents", ())):
            chain, _, segment = key.removeprefix(self._prefix).rpartition("/")
            if chain in ("", ".", "..") or "/" in chain or segment in ("", ".", ".."):
                continue  # none of ours, and no way out of the folder
            (folder / chain).mkdir(parents=True, exist_ok=True)
            self._client.download_file(self._bucket.name, key, str(folder / chain / segment))
