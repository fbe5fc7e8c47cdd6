"""Names of what administers the search domain. Without pydantic, since policy rules run where it is not installed."""

from typing import Final

SEARCH_NAMESPACE: Final = "codekeep-search-administration"
"""Namespace of the domain's administrator, on the cluster of the domain. Longer than that of any keep."""
SEARCH_ROLES_JOB: Final = "search-roles"
SEARCH_ROLES_IMAGE: Final = "code-ingest-parse"
"""What its pods run. On a platform the platform pins it, since its keeps must not choose what runs as the master."""


def search_roles_name(tenant: str) -> str:
    """Name of a keep's document, and the beginning of its Job's."""
    return f"{SEARCH_ROLES_JOB}-{tenant}"
