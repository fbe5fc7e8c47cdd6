"""Branches of one index or of all that a pattern names: which there are, and one of them out of it."""

from codekeep_runtime.core.repository import Branch
from codekeep_runtime.index.opensearch import documents, queries
from codekeep_runtime.index.opensearch.store import LONG_SECONDS, Document, Store, faults_without_text


def branches_of(store: Store, index: str) -> set[Branch]:
    """Those with any document, as far as it has been refreshed."""
    found: set[Branch] = set()
    after: Document | None = None
    while True:
        page = store.search(index, queries.branches(after))["aggregations"]["branches"]
        found.update(documents.branch(bucket["key"]) for bucket in page["buckets"])
        after = page.get("after_key")
        if after is None:
            return found


def remove_branch(store: Store, index: str, branch: Branch) -> None:
    """In one go, from an index that nobody writes to; every schema has these two fields."""
    query = {"query": {"bool": {"filter": queries.of_branch(branch)}}}
    params = {"refresh": "true", "conflicts": "proceed", "timeout": LONG_SECONDS}
    with faults_without_text():
        store.client.delete_by_query(index=index, body=query, params=params)
