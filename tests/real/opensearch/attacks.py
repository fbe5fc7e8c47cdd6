"""Requests by which a compromised pod of one keep would reach another's indexes in a shared domain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SECRET = "quetzalcoatl"


@dataclass(frozen=True, kw_only=True)
class Attack:
    """`{own}` and `{other}` in path and body are the attacker's and the victim's index, `{scroll}` a search that the
    victim has open. `valid`: the administrator's same request succeeds, so that a refusal is one of rights.
    """

    name: str
    method: str
    path: str
    body: Any = None
    valid: bool = True


def attacks() -> Iterator[Attack]:
    for group in (_reading(), _many(), _by_query(), _writing(), _naming(), _of_the_cluster()):
        for name, request, *rest in group:
            method, path = request.split(" ", 1)
            yield Attack(name=name, method=method, path=path, **_options(rest))


def _options(rest: list[Any]) -> dict[str, Any]:
    body = rest[0] if rest else None
    return {"body": body, "valid": len(rest) < 2}


_INVALID = "refused to the administrator too"
_Row = tuple[Any, ...]


def _reading() -> Iterator[_Row]:
    for name, indexes in {
        "the other's name": "{other}",
        "commas": "{own},{other}",
        "a pattern of both": "acme*",
        "the other's pattern": "acme_*",
        "every index": "*",
        "_all": "_all",
        "an exclusion": "*,-{own}",
        "a date in the name": "%3C{other}%3E",
        "commas, encoded": "{own}%2C{other}",
        "commas, what is missing ignored": "{own},{other},nothing-here",
    }.items():
        more = "?ignore_unavailable=true" if "missing" in name else ""
        yield f"search by {name}", f"POST /{indexes}/_search{more}", {"query": {"match_all": {}}}
    yield "search without a name", "POST /_search", {}
    yield "count", "POST /{other}/_count", {}
    yield "count by a pattern", "POST /acme*/_count", {}
    yield "get", "GET /{other}/_doc/1"
    yield "get the source", "GET /{other}/_source/1"
    yield "explain", "POST /{other}/_explain/1", {"query": {"match_all": {}}}
    yield "terms of a document", "POST /{other}/_termvectors/1", {"fields": ["text"]}
    yield "field capabilities", "GET /acme*/_field_caps?fields=text"
    yield "validate", "POST /{other}/_validate/query", {"query": {"match_all": {}}}
    yield "mapping", "GET /{other}/_mapping"
    yield "settings", "GET /{other}/_settings"
    yield "aliases", "GET /acme*/_alias"
    yield "everything of an index", "GET /acme*"
    yield "statistics", "GET /acme*/_stats"
    yield "segments", "GET /{other}/_segments"
    yield "recovery", "GET /{other}/_recovery"
    yield "names", "GET /_resolve/index/acme*"
    yield "list of indexes", "GET /_cat/indices/acme*?format=json"
    yield "list of aliases", "GET /_cat/aliases/acme*?format=json"
    yield "a point in time", "POST /{other}/_search/point_in_time?keep_alive=1m"
    yield "open points in time", "GET /_search/point_in_time/_all"
    yield "the other's scroll", "POST /_search/scroll", {"scroll_id": "{scroll}"}, _INVALID
    yield "end every scroll", "DELETE /_search/scroll/_all"


def _many() -> Iterator[_Row]:
    yield "mget by body", "POST /_mget", {"docs": [{"_index": "{other}", "_id": "1"}]}
    yield "mget in the own path", "POST /{own}/_mget", {"docs": [{"_index": "{other}", "_id": "1"}]}
    yield "mget by path", "POST /{other}/_mget", {"ids": ["1"]}
    search = [{"index": "{other}"}, {"query": {"match_all": {}}}]
    yield "msearch by body", "POST /_msearch", search
    yield "msearch in the own path", "POST /{own}/_msearch", search
    yield "msearch by path", "POST /{other}/_msearch", [{}, {"query": {"match_all": {}}}]
    for operation in ("index", "create", "update", "delete"):
        line = {operation: {"_index": "{other}", "_id": "1" if operation in ("update", "delete") else "new"}}
        lines = {"update": [line, {"doc": {"text": "changed"}}], "delete": [line]}.get(operation, [line, {"text": "x"}])
        yield f"bulk {operation} by body", "POST /_bulk", lines
        yield f"bulk {operation} in the own path", "POST /{own}/_bulk", lines
    yield "bulk by path", "POST /{other}/_bulk", [{"index": {"_id": "new"}}, {"text": "x"}]
    yield "terms of documents", "POST /_mtermvectors", {"docs": [{"_index": "{other}", "_id": "1"}]}


def _by_query() -> Iterator[_Row]:
    lookup = {"index": "{other}", "id": "1", "path": "text"}
    yield "terms lookup", "POST /{own}/_search", {"query": {"terms": {"text": lookup}}}
    yield (
        "terms lookup in a filter",
        "POST /{own}/_search",
        {"query": {"bool": {"filter": {"terms": {"text": lookup}}}}},
    )
    yield "terms lookup in a count", "POST /{own}/_count", {"query": {"terms": {"text": lookup}}}
    yield (
        "terms lookup in an aggregation",
        "POST /{own}/_search",
        {"aggs": {"a": {"filter": {"terms": {"text": lookup}}}}},
    )
    yield "terms lookup in a deletion", "POST /{own}/_delete_by_query", {"query": {"terms": {"text": lookup}}}
    yield (
        "a shape of the other's",
        "POST /{own}/_search",
        {"query": {"geo_shape": {"place": {"indexed_shape": {"index": "{other}", "id": "1", "path": "place"}}}}},
    )
    like = {"fields": ["text"], "like": [{"_index": "{other}", "_id": "1"}], "min_term_freq": 1, "min_doc_freq": 1}
    yield "more like the other's", "POST /{own}/_search", {"query": {"more_like_this": like}}
    template = {"source": {"query": {"match_all": {}}}, "params": {}}
    yield "a search template", "POST /{other}/_search/template", template
    yield "search templates", "POST /_msearch/template", [{"index": "{other}"}, template]
    ranked = {"id": "a", "request": {"query": {"match_all": {}}}, "ratings": []}
    yield "ranking", "POST /{other}/_rank_eval", {"requests": [ranked], "metric": {"precision": {"k": 1}}}
    into = {"source": {"index": "{other}"}, "dest": {"index": "{own}"}}
    yield "reindex from the other's", "POST /_reindex?refresh=true", into
    back = {"source": {"index": "{own}"}, "dest": {"index": "{other}"}}
    yield "reindex into the other's", "POST /_reindex?refresh=true", back
    yield "delete by query", "POST /{other}/_delete_by_query", {"query": {"match_all": {}}}
    yield "update by query", "POST /{other}/_update_by_query", {"query": {"match_all": {}}}


def _writing() -> Iterator[_Row]:
    yield "write", "PUT /{other}/_doc/new", {"text": "x"}
    yield "write over", "PUT /{other}/_doc/1", {"text": "x"}
    yield "update", "POST /{other}/_update/1", {"doc": {"text": "x"}}
    yield "delete a document", "DELETE /{other}/_doc/1"
    yield "delete the index", "DELETE /{other}"
    yield "delete by a pattern", "DELETE /acme*"
    yield "close", "POST /{other}/_close"
    yield "change settings", "PUT /{other}/_settings", {"index": {"refresh_interval": "1h"}}
    yield "change the mapping", "PUT /{other}/_mapping", {"properties": {"new": {"type": "keyword"}}}
    yield "block writes", "PUT /{other}/_block/write"
    yield "refresh", "POST /{other}/_refresh"
    yield "flush", "POST /{other}/_flush"
    yield "merge", "POST /{other}/_forcemerge"
    yield "clear caches", "POST /{other}/_cache/clear"


def _naming() -> Iterator[_Row]:
    """Names of the other's, and ways to give an index another name."""
    yield "make an index of the other's", "PUT /acme_v9-planted"
    yield "an alias of the other's index", "PUT /{other}/_alias/acme-eu_window"
    yield "an alias with the other's name", "PUT /{own}/_alias/acme_access"
    add = {"add": {"index": "{own}", "alias": "acme_access"}}
    yield "aliases with the other's name", "POST /_aliases", {"actions": [add]}
    yield "an index with an alias of the other's name", "PUT /acme-eu_v9-new", {"aliases": {"acme_access": {}}}
    yield "remove the other's index", "POST /_aliases", {"actions": [{"remove_index": {"index": "{other}"}}]}
    yield "clone the other's", "PUT /{other}/_clone/acme-eu_stolen", None, _INVALID  # it must be read-only first
    yield "clone into the other's names", "PUT /{own}/_clone/acme_planted", None, _INVALID
    yield "roll over", "POST /acme_access/_rollover/acme_next", None, _INVALID
    template = {"index_patterns": ["acme_*"], "template": {"aliases": {"acme-eu_window": {}}}}
    yield "a template for the other's indexes", "PUT /_index_template/planted", template
    yield "an old template", "PUT /_template/planted", {"index_patterns": ["acme_*"], "aliases": {"acme-eu_window": {}}}
    yield "a data stream", "PUT /_data_stream/acme_stream", None, _INVALID


def _of_the_cluster() -> Iterator[_Row]:
    yield "register snapshots", "PUT /_snapshot/mine", {"type": "fs", "settings": {"location": "mine"}}
    yield "list snapshots", "GET /_snapshot/shared/_all"
    snapshot = {"indices": "{other}", "include_global_state": False}
    yield "take a snapshot of the other's", "PUT /_snapshot/shared/stolen?wait_for_completion=true", snapshot
    rename = {"indices": "{other}", "rename_pattern": "acme_(.+)", "rename_replacement": "acme-eu_stolen-$1"}
    yield "restore the other's", "POST /_snapshot/shared/nightly/_restore?wait_for_completion=true", rename
    yield "delete snapshots", "DELETE /_snapshot/shared/nightly"
    pipeline = {"processors": [{"set": {"field": "text", "value": "x"}}]}
    yield "a pipeline for documents", "PUT /_ingest/pipeline/planted", pipeline
    yield "a pipeline for searches", "PUT /_search/pipeline/planted", {"request_processors": []}
    yield "a script", "PUT /_scripts/planted", {"script": {"lang": "mustache", "source": "{}"}}
    yield "cluster settings", "PUT /_cluster/settings", {"transient": {"cluster.max_shards_per_node": 999}}
    yield "cluster state", "GET /_cluster/state"
    yield "tasks", "GET /_tasks?detailed=true"
    yield "nodes", "GET /_nodes"
    yield "roles", "GET /_plugins/_security/api/roles"
    role = {"index_permissions": [{"index_patterns": ["*"], "allowed_actions": ["*"]}]}
    yield "a role", "PUT /_plugins/_security/api/roles/planted", role
    member = {"backend_roles": ["arn:aws:iam::111122223333:role/codekeep-acme-eu-indexer"]}
    yield "a member of the other's role", "PUT /_plugins/_security/api/rolesmapping/codekeep-acme-reader", member
    yield "the security's own index", "POST /.opendistro_security/_search", {}
