"""From ingest to the index in a keep: by the code bucket, as pods that reach Git hosts do not reach the index."""

from codekeep_runtime.outbox.outbox import Outbox
from codekeep_runtime.outbox.worker import Worker

__all__ = ["Outbox", "Worker"]
