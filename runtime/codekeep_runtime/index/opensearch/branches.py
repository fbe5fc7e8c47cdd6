"""Lists and removes branches of indexes."""

from codekeep_runtime.core import Branch
from codekeep_runtime.index.opensearch import documents, queries
from codekeep_runtime.index.opensearch.store import LONG_SECONDS, Document, Store, faults_without_text


def branches_of(store: Store, index: str) -> set[Branch]:
    """Branches with any refreshed document.

    Args:
        index: a name or a pattern.
    """
    found: set[Branch] = set()
    after: Document | None = None
    while True:
        page = store.search(index, queries.branches(after))["aggregations"]["branches"]
        found.update(documents.branch(bucket["key"]) for bucket in page["buckets"])
        after = page.get("after_key")
        if after is None:
            return found


def remove_branch(store: Store, index: str, branch: Branch) -> None:
    """Removes a branch from an index that nobody writes to, of any schema version."""
    query = {"query": {"bool": {"filter": queries.branch_filter(branch)}}}
    params = {"refresh": "true", "conflicts": "proceed", "timeout": LONG_SECONDS}
    with faults_without_text():
        store.client.delete_by_query(index=index, body=query, params=params)
