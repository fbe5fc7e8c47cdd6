"""Where a keep's data lies: index, buckets, queues, keys."""

from typing import Annotated

from pydantic import Field

from codekeep_runtime.settings.base import Arn, Dimension, SettingsModel, Url


class IndexSettings(SettingsModel):
    """OpenSearch. Every index and alias starts with `prefix`, and requests name them in the path."""

    endpoint: Url
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}_$", max_length=42)]
    dimension: Dimension
    key_arn: Arn


class BucketSettings(SettingsModel):
    """A bucket: the keep's objects lie under `prefix`, encrypted with `key_arn`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", max_length=63)]
    prefix: Annotated[str, Field(pattern=r"^([a-z0-9-]+/)*$", max_length=128)]
    key_arn: Arn | None

    def encryption(self) -> dict[str, str]:
        """What each upload says of it, as the bucket's policy refuses another key; nothing where S3 holds the key."""
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key_arn} if self.key_arn else {}


class QueueSettings(SettingsModel):
    """A work queue, and where its failed messages go."""

    url: Url
    dead_letter_url: Url
