"""The index, buckets and queues that store a keep's data."""

from typing import Annotated

from pydantic import Field

from codekeep_contracts.model import StrictModel
from codekeep_contracts.text_types import Arn, BucketName, Dimension, Url

IndexPrefix = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}_$", max_length=42)]
"""Prefix of a keep's indexes. It ends at its only underscore, so that no other keep's prefix starts with it."""


class IndexSettings(StrictModel):
    """OpenSearch. Every index of the keep starts with `prefix`, and requests name them in the path."""

    endpoint: Url
    prefix: IndexPrefix
    dimension: Dimension
    key_arn: Arn


class BucketSettings(StrictModel):
    """One bucket: objects of the keep lie under `prefix` and are encrypted with `key_arn`."""

    name: BucketName
    prefix: Annotated[str, Field(pattern=r"^([a-z0-9-]+/)*$", max_length=128)]
    key_arn: Arn | None

    def encryption(self) -> dict[str, str]:
        """Arguments of each upload, as the bucket's policy refuses another key; none where S3 owns the key."""
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key_arn} if self.key_arn else {}


class QueueSettings(StrictModel):
    """One work queue and where its failed messages go."""

    url: Url
    dead_letter_url: Url
