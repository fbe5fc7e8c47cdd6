"""JSON objects in a keep's bucket: gzipped, and encrypted with the bucket's key."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

from codekeep_contracts.settings.stores import BucketSettings

from codekeep_runtime.platform.aws.clients import none_if_missing


class Bucket:
    """Objects in a bucket (see outbox.objects.Objects).

    Args:
        client: boto3's `s3` client.
        folder: below the keep's prefix, with a trailing slash.
    """

    def __init__(self, client: Any, settings: BucketSettings, folder: str) -> None:
        self._client, self._name, self._prefix = client, settings.name, f"{settings.prefix}{folder}"
        self._encryption = settings.encryption()

    def put(self, key: str, document: Any) -> None:
        body = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 1)
        self._client.put_object(Bucket=self._name, Key=self._prefix + key, Body=body, **self._encryption)

    def get(self, key: str) -> Any:
        found = none_if_missing(self._client.get_object, Bucket=self._name, Key=self._prefix + key)
        return None if found is None else json.loads(gzip.decompress(found["Body"].read()))

    def version(self, key: str) -> str | None:
        found = none_if_missing(self._client.head_object, Bucket=self._name, Key=self._prefix + key)
        return None if found is None else str(found["ETag"])

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._name, Key=self._prefix + key)

    def keys(self, folder: str, limit: int = 1_000) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=self._prefix + folder, PaginationConfig={"MaxItems": limit}
        )
        for page in pages:
            for each in page.get("Contents", []):
                yield each["Key"].removeprefix(self._prefix)
