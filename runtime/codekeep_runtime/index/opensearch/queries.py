"""Query bodies. Every query of a reader contains the filter of what the reader may see."""

from collections.abc import Collection

from codekeep_runtime.core import Branch, RepositoryId
from codekeep_runtime.index.analysis import query_terms
from codekeep_runtime.index.interface import Narrowing, Vector
from codekeep_runtime.index.opensearch.documents import CHUNK, FILE
from codekeep_runtime.index.opensearch.store import Document

FIELDS = ["text", "symbol^3", "path^2"]
MAX_HITS = 10_000  # limit of the server
CANDIDATES = 100  # minimum for the graph search; fewer miss near neighbours


def kind_filter(kind: str) -> Document:
    return {"term": {"kind": kind}}


def branch_filter(branch: Branch) -> list[Document]:
    return [{"term": {"repository": branch.repository.key}}, {"term": {"branch": branch.name}}]


def scope_filters(repositories: Collection[RepositoryId], narrowing: Narrowing) -> list[Document]:
    """Filters for these repositories and the reader's own filters."""
    filters: list[Document] = [{"terms": {"repository": sorted(each.key for each in repositories)}}]
    for field, values in (("language", narrowing.languages), ("branch", narrowing.branches)):
        if values is not None:
            filters.append({"terms": {field: sorted(values)}})
    return filters


def lexical(query: str, k: int, filters: Collection[Document]) -> Document | None:
    """The lexical query; None if it has no words. `multi_match` has no operators, so any word is safe."""
    terms = query_terms(query)
    if not terms:
        return None
    match = {"multi_match": {"query": " ".join(terms), "type": "most_fields", "fields": FIELDS}}
    return _hits(k, {"bool": {"must": [match], "filter": [kind_filter(CHUNK), *filters]}})


def semantic(vector: Vector, k: int, filters: Collection[Document]) -> Document:
    """The filter is part of the neighbour search, which finds k documents that pass it."""
    wanted = {"vector": vector.tolist(), "k": max(k, CANDIDATES), "filter": {"bool": {"filter": list(filters)}}}
    return _hits(k, {"knn": {"vector": wanted}})


def cosine(score: float) -> float:
    """Cosine from the server's score for inner products."""
    return score - 1 if score >= 1 else 1 - 1 / score


def counts(filters: Collection[Document]) -> Document:
    unembedded = {"bool": {"filter": [kind_filter(CHUNK), {"term": {"embedded": False}}]}}
    kinds = {"files": kind_filter(FILE), "chunks": kind_filter(CHUNK), "unembedded": unembedded}
    return {
        "size": 0,
        "query": {"bool": {"filter": list(filters)}},
        "aggs": {name: {"filter": each} for name, each in kinds.items()},
    }


def unembedded(limit: int) -> Document:
    query = {"bool": {"filter": [kind_filter(CHUNK), {"term": {"embedded": False}}]}}
    return {"size": min(limit, MAX_HITS), "query": query, "sort": ["key"], "track_total_hits": False}


def branches(after: Document | None) -> Document:
    """One page of all pairs of repository and branch."""
    sources = [{name: {"terms": {"field": name}}} for name in ("repository", "branch")]
    composite = {"size": 1000, "sources": sources} | ({"after": after} if after else {})
    return {"size": 0, "aggs": {"branches": {"composite": composite}}}


def _hits(k: int, query: Document) -> Document:
    return {"size": min(k, MAX_HITS), "query": query, "track_total_hits": False}
