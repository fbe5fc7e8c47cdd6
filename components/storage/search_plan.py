"""The size of a search domain."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """Size of an OpenSearch domain; `volume_gib` is the volume of each data node."""

    instance_type: str
    instance_count: int
    volume_gib: int
    dedicated_masters: bool | None = True  # None: only in a large domain
