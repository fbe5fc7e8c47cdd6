"""Lists and removes branches of indexes."""

from codekeep_runtime.core import Branch
from codekeep_runtime.index.opensearch import documents, queries
from codekeep_runtime.index.opensearch.store import Document, Store


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
    """Removes a branch from an index that nobody writes to, of any schema version.

    Not by a query: from 1,000 documents on that needs the right to scroll, which a domain grants for all its indexes.
    """
    found = store.matching(index, queries.branch_filter(branch), ["key"])
    store.bulk(index, (documents.delete_action(each["key"]) for each in found))
    store.refresh(index)
