"""Roles of a keep's models, buckets and queues; the last two are the keys of `buckets` and `queues` in the settings."""

from enum import StrEnum
from typing import Final, Literal

ModelRole = Literal["chat", "autocomplete", "embed", "rerank"]

OUTBOX_FOLDER: Final = "outbox/"
"""Folder of the code bucket: steps from ingest to the indexer, which deletes what it has applied."""
PERMISSIONS_FOLDER: Final = "access/"
"""Folder of the code bucket: permissions that Git hosts confirmed, for the indexer to take."""


class BucketRole(StrEnum):
    """The purpose of a bucket."""

    CODE = "code"  # clones and parse caches of the customer's repositories, and what ingest hands to the indexer
    SNAPSHOTS = "snapshots"  # snapshots of the vector index
    MODELS = "models"  # weights, engines, adapters, checkpoints
    ARTIFACTS = "artifacts"  # evaluation reports and corpora
    PROMPTS = "prompts"  # stored prompts, only with opt-in
    AUDIT = "audit"  # trails, under Object Lock
    ACCESS_LOGS = "access-logs"  # who asked for which object: what S3 and load balancers deliver


class QueueRole(StrEnum):
    """The kind of message in a queue."""

    INGEST = "ingest"  # repositories and commits to read
    REVIEW = "review"  # changes to review
