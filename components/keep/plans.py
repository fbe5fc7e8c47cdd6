"""What a keep is to be, in plain values: the part of a component's Args that a spec decides and no resource does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.naming import DataClass
from components.network.egress import EgressRules
from components.network.git_link import GitHostKind
from components.release.flows import Ways


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    """A network of the keep's own; `zones` are names like eu-central-1a."""

    cidr: str
    zones: tuple[str, ...]
    egress: EgressRules = field(default_factory=EgressRules)


@dataclass(frozen=True, kw_only=True)
class AdoptedNetworkPlan:
    """A VPC that exists already: one private subnet of it per zone, in the order of `zones`."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    egress: EgressRules = field(default_factory=EgressRules)


@dataclass(frozen=True, kw_only=True)
class GitLinkPlan:
    """A private link to one Git host."""

    name: str
    kind: GitHostKind
    host: str
    endpoint_service: str
    ports: tuple[int, ...] = (443,)


@dataclass(frozen=True, kw_only=True)
class RegistryLinkPlan:
    """A private link to one package registry of the customer."""

    name: str
    kind: str
    host: str
    endpoint_service: str
    ports: tuple[int, ...] = (443,)
    ecosystems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeysPlan:
    """`customer_held` names, by data class, the keys the customer holds; the replicas lie in the recovery region."""

    rotation_days: int = 365
    deletion_window_days: int = 30
    customer_held: Mapping[DataClass, str] = field(default_factory=dict)
    customer_held_replicas: Mapping[DataClass, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """Size of an OpenSearch domain; `volume_gib` is each instance's."""

    instance_type: str
    instance_count: int
    volume_gib: int
    dedicated_masters: bool = True


@dataclass(frozen=True, kw_only=True)
class SloPlan:
    """Objectives the alarms watch; latencies are 95th percentiles."""

    availability_percent: float = 99.5
    chat_first_token_ms: int = 1500
    autocomplete_ms: int = 300
    retrieval_ms: int = 250
    index_freshness_minutes: int = 60
    ingest_success_percent: float = 99.0


@dataclass(frozen=True, kw_only=True)
class BudgetPlan:
    """Monthly cost in US dollars, the shares of it (percent) at which somebody is told, and whom."""

    monthly_usd: int
    alert_percents: tuple[int, ...]
    notify: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.monthly_usd < 1:
            raise ValueError(f"monthly_usd must be 1 or more, got {self.monthly_usd}")
        if not self.alert_percents or any(not 1 <= percent <= 1000 for percent in self.alert_percents):
            raise ValueError(f"alert_percents must hold percentages from 1 to 1000, got {list(self.alert_percents)}")
        if not self.notify:
            raise ValueError("notify must hold at least one e-mail address; a budget nobody reads limits nothing")


@dataclass(frozen=True, kw_only=True)
class EndpointPlan:
    """How one model is served: what its engine is started with, what a replica takes, and how many there are.

    `image` is one of the release's; `files` are the engine's own, by name, and lie in `files_folder`. The metrics are
    Prometheus', of requests that wait and of the share of the key-value cache in use (0 to 1).
    """

    role: str
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
    waiting_metric: str
    cache_metric: str
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
    logged_fields: tuple[str, ...]  # what a log line or metric may carry
    ways: Ways
    batch_gpus: int  # that may be at work at once on pools of role gpu-batch; 0 where there is none
    trains: bool  # on those, and there is the image for it
    hosts_confirm: bool = False  # Git hosts are asked who may read
