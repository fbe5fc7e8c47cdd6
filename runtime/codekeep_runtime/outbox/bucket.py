"""Objects of a keep under its prefix: whole or not there, encrypted with the key of the bucket."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

from codekeep_contracts.settings.stores import BucketSettings

from codekeep_runtime.keep.aws import is_missing


class Bucket:
    """
    Args:
        client: boto3's `s3` client.
        folder: below the keep's prefix, with a slash at its end.
    """

    def __init__(self, client: Any, settings: BucketSettings, folder: str) -> None:
        self._client, self._name, self._prefix = client, settings.name, f"{settings.prefix}{folder}"
        self._encryption = settings.encryption()

    def put(self, key: str, document: Any) -> None:
        body = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 1)
        self._client.put_object(Bucket=self._name, Key=self._prefix + key, Body=body, **self._encryption)

    def get(self, key: str) -> Any:
        """None where there is no such object."""
        from botocore.exceptions import ClientError

        try:
            body = self._client.get_object(Bucket=self._name, Key=self._prefix + key)["Body"].read()
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return json.loads(gzip.decompress(body))

    def version(self, key: str) -> str | None:
        """Another one after each `put`, None where there is no such object."""
        from botocore.exceptions import ClientError

        try:
            return str(self._client.head_object(Bucket=self._name, Key=self._prefix + key)["ETag"])
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._name, Key=self._prefix + key)

    def keys(self, folder: str, most: int = 1_000) -> Iterator[str]:
        """In order, without the prefix; at most so many."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=self._prefix + folder, PaginationConfig={"MaxItems": most}
        )
        for page in pages:
            for each in page.get("Contents", []):
                yield each["Key"].removeprefix(self._prefix)
