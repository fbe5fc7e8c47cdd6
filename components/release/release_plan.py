"""The plan of a release, as plain values: model endpoints, images by digest, and the caps that bound the work."""

from collections.abc import Mapping
from dataclasses import dataclass

from codekeep_contracts.roles import ModelRole

from components.release.flows import LinkTraffic


@dataclass(frozen=True, kw_only=True)
class EndpointPlan:
    """The plan by which one model is served: its engine's command, the resources of a replica, and the number of
    replicas.

    `image` is one of the release's; `files` are the engine's, by name, and are mounted in `files_folder`.
    """

    role: ModelRole
    model: str
    revision: str
    pool: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    files: Mapping[str, str]
    files_folder: str
    env: Mapping[str, str]
    model_path: str
    port: int
    health_path: str
    metrics_path: str
    requests_per_replica: int  # that its engine processes at once
    gpus: int
    cpus: int
    memory_gib: int
    shared_memory_gib: int
    cache_gib: int  # on NVMe: the checkpoint, and what the engine builds from it
    min_replicas: int
    max_replicas: int
    spare_replicas: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.min_replicas <= self.max_replicas:
            raise ValueError(f"{self.role}: min_replicas must be 1-{self.max_replicas}, got {self.min_replicas}")
        if self.spare_replicas < 0:
            raise ValueError(f"{self.role}: spare_replicas must be 0 or more, got {self.spare_replicas}")


@dataclass(frozen=True, kw_only=True)
class ReleasePlan:
    """`digests` and `repositories` say, by image, what to pull and from where."""

    version: str
    digests: Mapping[str, str]
    repositories: Mapping[str, str]
    endpoints: tuple[EndpointPlan, ...]
    seats: int
    concurrent_ingest_jobs: int
    repository_count: int
    repository_gib: int
    link_traffic: LinkTraffic
    batch_gpus: int  # of all pools of role gpu-batch; 0 without such a pool
    confirmed_by_git_hosts: bool = False  # Git hosts confirm who may read
