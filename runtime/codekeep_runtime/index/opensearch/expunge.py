"""Purges deleted documents from the server's files, where Lucene only marks them as deleted.

The server keeps them until the retention leases of all shard copies have passed them (30 s by default), so that a copy
that was away can catch up. Then the segments are rewritten.
"""

import time

from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch.store import LONG_SECONDS, Document, Store, faults_without_text

LEASE_SECONDS, PAUSE_SECONDS = 120.0, 0.5


def expunge_deleted(store: Store, index: str) -> None:
    """Purges what was deleted before the call from all segments and translogs.

    Raises:
        IndexFault: a shard copy has been away for more than two minutes.
    """
    store.refresh(index)
    shards = _shards(store, index)
    if not any(shard["docs"]["deleted"] for shard in shards):
        return
    last = max(shard["seq_no"]["max_seq_no"] for shard in shards)
    _flush(store, index)
    deadline = time.monotonic() + LEASE_SECONDS
    while _retained_from(store, index) <= last:
        if time.monotonic() > deadline:
            raise IndexFault("removed text stays in the index while one of its copies is away; collect garbage again")
        time.sleep(PAUSE_SECONDS)
    _flush(store, index)
    with faults_without_text():
        store.client.indices.forcemerge(index=index, params={"only_expunge_deletes": "true", "timeout": LONG_SECONDS})
    _flush(store, index)
    store.refresh(index)  # so that searchers release the old files


def _retained_from(store: Store, index: str) -> int:
    """The first operation that a shard copy may still need."""
    shards = _shards(store, index)
    leases: list[int] = [
        lease["retaining_seq_no"] for shard in shards for lease in shard["retention_leases"].get("leases", ())
    ]
    last: int = max(shard["seq_no"]["max_seq_no"] for shard in shards)
    return min(leases, default=last + 1)


def _shards(store: Store, index: str) -> list[Document]:
    with faults_without_text():
        found = store.client.indices.stats(index=index, params={"level": "shards"})
    return [shard for copies in found["indices"][index]["shards"].values() for shard in copies]


def _flush(store: Store, index: str) -> None:
    with faults_without_text():
        store.client.indices.flush(index=index, params={"force": "true", "wait_if_ongoing": "true"})
