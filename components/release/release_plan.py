"""What runs in a keep, in plain values: model endpoints, images by digest, and the caps that bound the work."""

from collections.abc import Mapping
from dataclasses import dataclass

from codekeep_contracts.settings.models import ModelRole

from components.release.flows import LinkTraffic


@dataclass(frozen=True, kw_only=True)
class EndpointPlan:
    """How one model is served: what its engine is started with, what a replica takes, and how many there are.

    `image` is one of the release's; `files` are the engine's own, by name, and lie in `files_folder`.
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
    requests_per_replica: int  # that its engine works on at once
    gpus: int
    cpus: int
    memory_gib: int
    shared_memory_gib: int
    cache_gib: int  # of NVMe: the checkpoint, and what the engine makes of it
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
    """What runs in a keep. `digests` holds, by image, what to pull from the repository `repositories` has for it."""

    version: str
    digests: Mapping[str, str]
    repositories: Mapping[str, str]
    endpoints: tuple[EndpointPlan, ...]
    seats: int
    concurrent_ingest_jobs: int
    repository_count: int
    repository_gib: int
    link_traffic: LinkTraffic
    batch_gpus: int  # that may be at work at once on pools of role gpu-batch; 0 where there is none
    confirmed_by_git_hosts: bool = False  # Git hosts are asked who may read
