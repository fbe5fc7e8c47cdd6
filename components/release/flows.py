"""The table of allowed connections in a keep: the source of its network policies and of docs/kubernetes/traffic.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import starmap
from typing import Any

from codekeep_contracts.pods import GATEWAY_PORT, METRICS_PORT, MODEL_PORT, OTLP_PORT, WEBHOOK_PORT

from components.identity.workload import Workload
from components.network.endpoints import HTTPS
from components.release.labels import NAME

RAY_DASHBOARD_PORT = 8_265
RAY_HEAD = "index-head"  # the only pods that may use the Kubernetes API


class External(StrEnum):
    """A peer that is not one of the keep's pods."""

    DNS = "dns"
    POD_IDENTITY = "pod-identity"
    KUBERNETES_API = "kubernetes-api"
    AWS = "aws"
    GIT = "git-links"
    REGISTRIES = "registry-links"
    ISSUER = "issuer"
    INDEX = "index"
    S3 = "s3"
    ENTRY = "entry"
    PROMETHEUS = "prometheus"
    KUBERAY = "kuberay"

    @property
    def label(self) -> str:
        """The peer's name in policies and tables."""
        return self.value


@dataclass(frozen=True, kw_only=True)
class Pods:
    """A workload's pods, all or those of one name; without a workload, every pod of the keep."""

    workload: Workload | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        """Their name in policies and tables."""
        return self.name or (self.workload.value if self.workload else "every-workload")

    @property
    def name_labels(self) -> dict[str, str]:
        """The label that selects pods of one name among a workload's."""
        return {NAME: self.name} if self.name else {}


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Ports from `first` to `last`, of one protocol."""

    first: int
    last: int
    protocol: str = "TCP"

    def spec(self) -> dict[str, Any]:
        ends = {"endPort": self.last} if self.last > self.first else {}
        return {"protocol": self.protocol, "port": self.first, **ends}

    def __str__(self) -> str:
        span = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return span if self.protocol == "TCP" else f"{span}/{self.protocol.lower()}"


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One permission: connections from `source` to `target`, and their purpose."""

    source: Pods | External
    target: Pods | External
    ports: tuple[Ports, ...]
    purpose: str


@dataclass(frozen=True, kw_only=True)
class LinkTraffic:
    """The part of the traffic that depends on the spec."""

    git_ports: tuple[int, ...]
    registry_ports: tuple[int, ...] = ()
    issuer_by_link: bool = False  # the gateway fetches token keys from a host behind a private link

    def __post_init__(self) -> None:
        if not self.git_ports:
            raise ValueError("git_ports must have the ports of at least one Git link; a keep needs code")
        for name in ("git_ports", "registry_ports"):
            if wrong := [port for port in getattr(self, name) if not 1 <= port <= 65_535]:
                raise ValueError(f"{name} must be 1-65535, got {wrong}")


def flows(link_traffic: LinkTraffic) -> tuple[Flow, ...]:
    """The table, in the order of docs/kubernetes/traffic.md."""
    rows = (_common(), _serving(link_traffic), _reading(link_traffic), _indexing(), _training())
    return tuple(flow for part in rows for flow in starmap(_flow, part))


_End = Pods | External | Workload
_Row = tuple[_End, _End, tuple[int | Ports, ...], str]
_EVERYONE = Pods()


def _common() -> Iterator[_Row]:
    yield _EVERYONE, External.DNS, (53, Ports(first=53, last=53, protocol="UDP")), "names of services and endpoints"
    yield _EVERYONE, External.POD_IDENTITY, (80,), "the workload's AWS role"
    yield _EVERYONE, Workload.TELEMETRY, (OTLP_PORT,), "counts and times, never code"
    yield Workload.TELEMETRY, External.AWS, (HTTPS,), "metrics and log groups"


def _serving(link_traffic: LinkTraffic) -> Iterator[_Row]:
    gateway, models = Workload.GATEWAY, Workload.MODEL_SERVER
    yield External.ENTRY, gateway, (GATEWAY_PORT,), "developers, through the keep's endpoint service"
    yield gateway, Workload.WEBHOOK, (WEBHOOK_PORT,), "webhooks, which arrive at the entry too"
    yield gateway, models, (MODEL_PORT,), "chat, completion, embedding of queries, reranking"
    yield gateway, External.INDEX, (HTTPS,), "search"
    yield gateway, External.AWS, (HTTPS,), "its TLS certificate, and the key that signs audit records"
    if link_traffic.issuer_by_link:
        yield gateway, External.ISSUER, (HTTPS,), "keys of sign-in tokens, through the private link"
    yield gateway, External.S3, (HTTPS,), "audit records, and prompts if the customer lets the keep store them"
    yield Workload.WEBHOOK, External.AWS, (HTTPS,), "work queues, and the secrets that sign webhooks"
    yield models, External.S3, (HTTPS,), "models and adapters"
    yield External.PROMETHEUS, models, (MODEL_PORT,), "the engines' metrics"
    yield External.PROMETHEUS, gateway, (METRICS_PORT,), "requests of models in flight and queued, for scaling"
    yield External.PROMETHEUS, Workload.INDEXER, (METRICS_PORT,), "requests of models in flight and queued, for scaling"


def _reading(link_traffic: LinkTraffic) -> Iterator[_Row]:
    ingest, reviewer = Workload.INGEST, Workload.REVIEWER
    yield ingest, External.GIT, link_traffic.git_ports, "repositories"
    if link_traffic.registry_ports:
        yield ingest, External.REGISTRIES, link_traffic.registry_ports, "packages whose symbols the code refers to"
    yield ingest, External.AWS, (HTTPS,), "its queue, and the Git tokens"
    yield ingest, External.S3, (HTTPS,), "chunks, and readers' permissions as Git hosts confirm them"
    yield reviewer, External.GIT, link_traffic.git_ports, "the change under review"
    yield reviewer, Workload.MODEL_SERVER, (MODEL_PORT,), "the review"
    yield reviewer, External.INDEX, (HTTPS,), "code around the change"
    yield reviewer, External.AWS, (HTTPS,), "its queue, and the Git tokens"
    yield reviewer, External.S3, (HTTPS,), "chunks"


def _indexing() -> Iterator[_Row]:
    indexer, every_port = Workload.INDEXER, Ports(first=1_024, last=65_535)
    yield indexer, indexer, (every_port,), "Ray among its own pods"
    yield External.KUBERAY, indexer, (RAY_DASHBOARD_PORT,), "the state of a re-index"
    yield Pods(workload=indexer, name=RAY_HEAD), External.KUBERNETES_API, (HTTPS,), "the number of workers"
    yield indexer, Workload.MODEL_SERVER, (MODEL_PORT,), "embeddings"
    yield indexer, External.INDEX, (HTTPS,), "chunks, vectors, symbols"
    yield indexer, External.AWS, (HTTPS,), "the key that signs audit records and proofs of a purge"
    yield indexer, External.S3, (HTTPS,), "chunks, audit records"


def _training() -> Iterator[_Row]:
    yield Workload.FINETUNE, External.S3, (HTTPS,), "training code, checkpoints, adapters"
    yield Workload.EVALS, Workload.MODEL_SERVER, (MODEL_PORT,), "answers to the pinned questions"
    yield Workload.EVALS, External.INDEX, (HTTPS,), "search under test"
    yield Workload.EVALS, External.S3, (HTTPS,), "questions and reports"


def _flow(source: _End, target: _End, ports: tuple[int | Ports, ...], purpose: str) -> Flow:
    spans = tuple(Ports(first=each, last=each) if isinstance(each, int) else each for each in ports)
    return Flow(source=_end(source), target=_end(target), ports=spans, purpose=purpose)


def _end(end: _End) -> Pods | External:
    return Pods(workload=end) if isinstance(end, Workload) else end
