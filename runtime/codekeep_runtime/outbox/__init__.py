"""Carries writes from ingest to a keep's index by the code bucket: no pod reaches both Git hosts and the index."""

from codekeep_runtime.outbox.outbox import Outbox
from codekeep_runtime.outbox.worker import Worker

__all__ = ["Outbox", "Worker"]
