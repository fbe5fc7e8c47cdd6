"""Roles of the domain's own security, which refuses every pod until its IAM role is mapped to one.

The patterns are a keep's prefix and `*`. Neither role may make an alias: OpenSearch checks the index behind an alias
and not its name, so a writer could give its own index a name that another keep reads. Neither may scroll, nor do what
names no index: cluster, snapshots, templates, pipelines, scripts, reindexing, security.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from codekeep_contracts.search_roles import SearchRoles

from codekeep_runtime.index.opensearch.store import Document, Store, faults_without_text

API: Final = "/_plugins/_security/api"
READ: Final = (
    "indices:admin/get",
    "indices:admin/refresh*",
    "indices:data/read/get",
    "indices:data/read/mget*",
    "indices:data/read/search",
)
WRITE: Final = (
    *READ,
    "indices:admin/create",
    "indices:admin/delete",
    "indices:admin/flush*",
    "indices:admin/forcemerge*",
    "indices:admin/mappings/get",
    "indices:data/write/bulk*",
    "indices:data/write/delete",
    "indices:data/write/index",
    "indices:data/write/update",
    "indices:monitor/settings/get",
    "indices:monitor/stats",
)
# Requests that may name several indexes; the right to each index is asked for besides.
READ_MANY: Final = ("indices:data/read/mget",)
WRITE_MANY: Final = (*READ_MANY, "indices:data/write/bulk")


def security_roles(roles: SearchRoles) -> Mapping[str, tuple[Document, Sequence[str]]]:
    """By name, a role as the domain takes it, and the IAM roles that have it."""
    return {
        f"codekeep-{roles.tenant}-reader": (_role(roles.prefix, READ_MANY, READ), roles.readers),
        f"codekeep-{roles.tenant}-writer": (_role(roles.prefix, WRITE_MANY, WRITE), roles.writers),
    }


def apply(store: Store, roles: SearchRoles) -> Sequence[str]:
    """Makes or replaces the keep's roles and who has them; returns their names. Running it again changes nothing.

    Raises:
        IndexFault: the domain refuses, as it does for everybody but its administrator.
    """
    found = security_roles(roles)
    for name, (role, members) in found.items():
        _put(store, f"{API}/roles/{name}", role)
        _put(store, f"{API}/rolesmapping/{name}", {"backend_roles": list(members)})
    return list(found)


def _role(prefix: str, many: Sequence[str], actions: Sequence[str]) -> Document:
    indexes = {"index_patterns": [f"{prefix}*"], "allowed_actions": list(actions)}
    return {"cluster_permissions": list(many), "index_permissions": [indexes]}


def _put(store: Store, path: str, body: Any) -> None:
    with faults_without_text():
        store.client.transport.perform_request("PUT", path, body=body)
