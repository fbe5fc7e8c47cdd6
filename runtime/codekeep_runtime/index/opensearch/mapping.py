"""How documents are indexed. One index holds chunks, files (with their symbols) and heads, told apart by `kind`."""

from typing import Any

from codekeep_contracts.index_names import SCHEMA_VERSION

from codekeep_runtime.index.analysis import HUMP

CODE = "code"  # the analyzer's name
KEYWORD = {"type": "keyword"}
NAME = {"type": "keyword", "ignore_above": 8000}  # a term has at most 32766 bytes; nobody asks for a longer name
WORDS = {"type": "text", "analyzer": CODE, "index_options": "freqs"}

# The same as index.analysis and the embedded index do: humps apart, split at all but letters and digits, stemmed.
ANALYSIS: dict[str, Any] = {
    "char_filter": {"humps": {"type": "pattern_replace", "pattern": HUMP, "replacement": " $0"}},
    "tokenizer": {"words": {"type": "pattern", "pattern": r"[^\p{L}\p{N}]+"}},
    "filter": {
        "no_long_words": {"type": "length", "max": 64},
        "english": {"type": "stemmer", "language": "english"},
    },
    "analyzer": {
        CODE: {
            "type": "custom",
            "char_filter": ["humps"],
            "tokenizer": "words",
            "filter": ["lowercase", "no_long_words", "english"],
        }
    },
}


def index_body(embedder_version: str, dimension: int) -> dict[str, Any]:
    """Settings and mapping. What no field is named for is kept in the document and not indexed."""
    return {
        "settings": {
            "index": {
                "number_of_shards": 1,  # scores of one shard's statistics; tens of millions of chunks fit
                "auto_expand_replicas": "0-1",
                "knn": True,
                "refresh_interval": "30s",  # what has to be seen earlier is refreshed when it is written
                "max_terms_count": 1_000_000,  # repositories of a scope
                "merge.policy.expunge_deletes_allowed": 0,  # garbage collection leaves no removed text
            },
            "analysis": ANALYSIS,
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"schema": SCHEMA_VERSION, "embedder": embedder_version, "dimension": dimension},
            "_source": {"excludes": ["vector"]},  # indexed and never read back
            "properties": {
                "kind": KEYWORD,
                "key": KEYWORD,
                "repository": KEYWORD,
                "branch": KEYWORD,
                "file": KEYWORD,
                "ordinal": {"type": "integer"},
                "language": KEYWORD,
                "text": WORDS,
                "symbol": WORDS,
                "path": WORDS,
                "embedded": {"type": "boolean"},
                "vector": _vector(dimension),
                "defines": NAME,
                "mentions": NAME,
            },
        },
    }


def _vector(dimension: int) -> dict[str, Any]:
    """Vectors have length 1, so that the inner product is the cosine; one of zeros is as far from all."""
    method = {
        "name": "hnsw",
        "engine": "lucene",  # it filters while it searches, and searches few documents exactly
        "space_type": "innerproduct",
        "parameters": {"m": 16, "ef_construction": 128},
    }
    return {"type": "knn_vector", "dimension": dimension, "method": method}
