"""The mapping. One index contains chunks, files (with their symbols) and heads, distinguished by `kind`."""

from typing import Any

from codekeep_contracts.index_names import SCHEMA_VERSION

from codekeep_runtime.index.analysis import HUMP

CODE = "code"  # the analyzer's name
KEYWORD = {"type": "keyword"}
NAME = {"type": "keyword", "ignore_above": 8000}  # a term has at most 32766 bytes; longer names are not searchable
WORDS = {"type": "text", "analyzer": CODE, "index_options": "freqs"}

# Equals index.analysis and the embedded index: splits camel case, then at everything but letters and digits, and stems
# by Snowball English (Porter2). `stemmer: english` would be Porter's first algorithm. tests/real/opensearch compares.
ANALYSIS: dict[str, Any] = {
    "char_filter": {"humps": {"type": "pattern_replace", "pattern": HUMP, "replacement": " $0"}},
    "tokenizer": {"words": {"type": "pattern", "pattern": r"[^\p{L}\p{N}]+"}},
    "filter": {
        "no_long_words": {"type": "length", "max": 64},
        "english": {"type": "snowball", "language": "English"},
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
    """Settings and mapping. Fields that are not listed are stored and not indexed."""
    return {
        "settings": {
            "index": {
                "number_of_shards": 1,  # so that scores use statistics of all documents; tens of millions fit
                "auto_expand_replicas": "0-1",
                "knn": True,
                "refresh_interval": "30s",  # writers refresh what must be visible earlier
                "max_terms_count": 1_000_000,  # repositories in a scope
                "merge.policy.expunge_deletes_allowed": 0,  # so that garbage collection purges all deleted text
            },
            "analysis": ANALYSIS,
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"schema": SCHEMA_VERSION, "embedder": embedder_version, "dimension": dimension},
            "_source": {"excludes": ["vector"]},  # searched and never returned
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
    """Vectors have length 1, so the inner product is the cosine; a zero vector is equally far from all."""
    method = {
        "name": "hnsw",
        "engine": "lucene",  # filters during the search, and searches few documents exactly
        "space_type": "innerproduct",
        "parameters": {"m": 16, "ef_construction": 128},
    }
    return {"type": "knn_vector", "dimension": dimension, "method": method}
