"""Prompts of a keep: redacted objects in their bucket, encrypted with its key and expired by its lifecycle."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from codekeep_contracts.settings.governance import PromptStorage
from codekeep_contracts.settings.stores import BucketSettings

from codekeep_runtime.prompts.opt_in import OptIn, checked_reader_id
from codekeep_runtime.prompts.redaction import redact

FOLDER = "prompts/"
DELETED_AT_ONCE = 1_000  # S3's maximum per request


class PromptBucket:
    """Prompts in a bucket (see prompts.opt_in.Prompts).

    Args:
        bucket: its key encrypts each object; without permission to use the key nobody reads the prompts.
        client: boto3's `s3` client.
    """

    def __init__(self, bucket: BucketSettings, settings: PromptStorage, client: Any) -> None:
        self._bucket, self._client, self._opt_in = bucket, client, OptIn(settings)
        self.is_on = self._opt_in.is_on

    def store(self, reader_id: str, text: str, at: datetime) -> None:
        if not self.is_on:
            return
        expires = self._opt_in.expiry(at)
        document = {"reader_id": reader_id, "at": at.isoformat(), "expires": expires.isoformat()}
        self._client.put_object(
            Bucket=self._bucket.name,
            Key=f"{self._folder(reader_id)}{int(expires.timestamp())}-{secrets.token_hex(8)}.json",
            Body=json.dumps({**document, "text": redact(text)}).encode(),
            **self._bucket.encryption(),
        )

    def count(self, reader_id: str) -> int:
        """Counts all versions, replaced and deleted ones too."""
        return sum(1 for _ in self._versions(reader_id))

    def forget(self, reader_id: str) -> None:
        """Deletes every version. S3 does not replicate that: copies in a recovery region expire by their lifecycle."""
        versions = list(self._versions(reader_id))
        for start in range(0, len(versions), DELETED_AT_ONCE):
            batch = versions[start : start + DELETED_AT_ONCE]
            self._client.delete_objects(Bucket=self._bucket.name, Delete={"Objects": batch, "Quiet": True})

    def _versions(self, reader_id: str) -> Iterator[dict[str, str]]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket.name, Prefix=self._folder(reader_id)
        )
        for page in pages:
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": each["Key"], "VersionId": each["VersionId"]}

    def _folder(self, reader_id: str) -> str:
        return f"{self._bucket.prefix}{FOLDER}{checked_reader_id(reader_id)}/"
