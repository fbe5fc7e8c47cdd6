"""Names of a keep's indexes in OpenSearch. All start with the keep's prefix, to which the workloads' IAM roles are
limited.
"""

from typing import Final

SCHEMA_VERSION: Final = 2  # 1: first; 2: stems by Snowball English in OpenSearch too
"""Version of the documents and their mapping. Another version is an index beside the one that serves."""


def code_index(prefix: str, embedder_version: str) -> str:
    """Name of the index of one schema and one embedding space."""
    return f"{prefix}v{SCHEMA_VERSION}-{embedder_version.lower()}"


def code_index_pattern(prefix: str) -> str:
    """Pattern that matches all indexes of code, whatever their schema and embedding space."""
    return f"{prefix}v*"


def access_index(prefix: str) -> str:
    """Name of the index of service accounts, shut-outs, permissions, tombstones and proofs, and of which
    index of code serves. All pods share it."""
    return f"{prefix}access"


def snapshot_role_name(tenant: str) -> str:
    """Name of the IAM role with which the keep's own domain writes snapshots."""
    return f"codekeep-{tenant}-index-snapshots"
