"""The size of a search domain."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """Size of an OpenSearch domain; `volume_gib` is each instance's."""

    instance_type: str
    instance_count: int
    volume_gib: int
    dedicated_masters: bool = True
