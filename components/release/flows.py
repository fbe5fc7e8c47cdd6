"""Who may talk to whom in a keep, as a table. Network policies are made from it, and docs/kubernetes/traffic.md too."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import starmap
from typing import Any

from codekeep_contracts.pods import GATEWAY_PORT, METRICS_PORT, WEBHOOK_PORT

from components.identity.workload import Workload
from components.release.labels import NAME

HTTPS, MODEL_PORT, OTLP_PORT = 443, 8_000, 4_318
RAY_DASHBOARD_PORT = 8_265
RAY_HEAD = "index-head"  # the only pods with a right in the cluster


class Place(StrEnum):
    """What is no pod of the keep."""

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


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Pods of a workload, all of its or those of one name; without a workload, of every one."""

    workload: Workload | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        """What policies and tables call them."""
        return self.name or (self.workload.value if self.workload else "every-workload")


@dataclass(frozen=True, kw_only=True)
class Ports:
    """From `first` to `last`, of one protocol."""

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
    """One permission: connections from `source` to `target`, and why they are needed."""

    source: Pods | Place
    target: Pods | Place
    ports: tuple[Ports, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class LinkTraffic:
    """What of the traffic the spec decides."""

    git_ports: tuple[int, ...]
    registry_ports: tuple[int, ...] = ()
    issuer_by_link: bool = False  # the gateway fetches token keys from a host that a private link leads to

    def __post_init__(self) -> None:
        if not self.git_ports:
            raise ValueError("git_ports must hold the ports of at least one Git link; a keep without code is none")
        for name in ("git_ports", "registry_ports"):
            if wrong := [port for port in getattr(self, name) if not 1 <= port <= 65_535]:
                raise ValueError(f"{name} must be 1-65535, got {wrong}")


def label_of(end: Pods | Place) -> str:
    """One end's name."""
    return end.label if isinstance(end, Pods) else end.value


def flows(link_traffic: LinkTraffic) -> tuple[Flow, ...]:
    """The whole table, in the order of docs/kubernetes/traffic.md."""
    return tuple(starmap(_flow, _rows(link_traffic)))


_Row = tuple["Pods | Place | Workload", "Pods | Place | Workload", tuple[int | Ports, ...], str]
_EVERYONE = Pods()


def _rows(link_traffic: LinkTraffic) -> Iterator[_Row]:
    yield from _everyones()
    yield from _answering(link_traffic)
    yield from _reading(link_traffic)
    yield from _indexing()
    yield from _learning()


def _everyones() -> Iterator[_Row]:
    yield _EVERYONE, Place.DNS, (53, Ports(first=53, last=53, protocol="UDP")), "names of services and endpoints"
    yield _EVERYONE, Place.POD_IDENTITY, (80,), "the workload's AWS role"
    yield _EVERYONE, Workload.TELEMETRY, (OTLP_PORT,), "counts and times, never code"
    yield Workload.TELEMETRY, Place.AWS, (HTTPS,), "metrics and log groups"


def _answering(link_traffic: LinkTraffic) -> Iterator[_Row]:
    yield Place.ENTRY, Workload.GATEWAY, (GATEWAY_PORT,), "developers, by the keep's endpoint service"
    yield Workload.GATEWAY, Workload.WEBHOOK, (WEBHOOK_PORT,), "webhooks, which come in by the entry too"
    yield Workload.GATEWAY, Workload.MODEL_SERVER, (MODEL_PORT,), "chat, completion, embedding of queries, reranking"
    yield Workload.GATEWAY, Place.INDEX, (HTTPS,), "search"
    yield Workload.GATEWAY, Place.AWS, (HTTPS,), "the certificate it shows, and the key that seals audit records"
    if link_traffic.issuer_by_link:
        yield Workload.GATEWAY, Place.ISSUER, (HTTPS,), "keys of sign-in tokens, by the private link"
    yield Workload.GATEWAY, Place.S3, (HTTPS,), "audit records, and prompts where the customer lets the keep store them"
    yield Workload.WEBHOOK, Place.AWS, (HTTPS,), "work queues, and the secrets that webhooks are signed with"
    yield Workload.MODEL_SERVER, Place.S3, (HTTPS,), "models and adapters"
    yield Place.PROMETHEUS, Workload.MODEL_SERVER, (MODEL_PORT,), "the engines' metrics"
    yield Place.PROMETHEUS, Workload.GATEWAY, (METRICS_PORT,), "requests of models in flight and queued, for scaling"
    yield Place.PROMETHEUS, Workload.INDEXER, (METRICS_PORT,), "requests of models in flight and queued, for scaling"


def _reading(link_traffic: LinkTraffic) -> Iterator[_Row]:
    yield Workload.INGEST, Place.GIT, link_traffic.git_ports, "repositories"
    if link_traffic.registry_ports:
        yield Workload.INGEST, Place.REGISTRIES, link_traffic.registry_ports, "packages whose symbols code refers to"
    yield Workload.INGEST, Place.AWS, (HTTPS,), "its queue, and the Git tokens"
    yield Workload.INGEST, Place.S3, (HTTPS,), "chunks, and what Git hosts confirm of readers"
    yield Workload.REVIEWER, Place.GIT, link_traffic.git_ports, "the change under review"
    yield Workload.REVIEWER, Workload.MODEL_SERVER, (MODEL_PORT,), "the review"
    yield Workload.REVIEWER, Place.INDEX, (HTTPS,), "what the change touches"
    yield Workload.REVIEWER, Place.AWS, (HTTPS,), "its queue, and the Git tokens"
    yield Workload.REVIEWER, Place.S3, (HTTPS,), "chunks"


def _indexing() -> Iterator[_Row]:
    every_port = Ports(first=1_024, last=65_535)
    head = Pods(workload=Workload.INDEXER, name=RAY_HEAD)
    yield Workload.INDEXER, Workload.INDEXER, (every_port,), "Ray among its own pods"
    yield Place.KUBERAY, Workload.INDEXER, (RAY_DASHBOARD_PORT,), "how a re-index is"
    yield head, Place.KUBERNETES_API, (HTTPS,), "the number of workers"
    yield Workload.INDEXER, Workload.MODEL_SERVER, (MODEL_PORT,), "embeddings"
    yield Workload.INDEXER, Place.INDEX, (HTTPS,), "chunks, vectors, symbols"
    yield Workload.INDEXER, Place.AWS, (HTTPS,), "the key that seals audit records and proofs of a purge"
    yield Workload.INDEXER, Place.S3, (HTTPS,), "chunks, audit records"


def _learning() -> Iterator[_Row]:
    yield Workload.FINETUNE, Place.S3, (HTTPS,), "code to learn from, checkpoints, adapters"
    yield Workload.EVALS, Workload.MODEL_SERVER, (MODEL_PORT,), "answers to the pinned questions"
    yield Workload.EVALS, Place.INDEX, (HTTPS,), "search under test"
    yield Workload.EVALS, Place.S3, (HTTPS,), "questions and reports"


def _flow(
    source: Pods | Place | Workload, target: Pods | Place | Workload, ports: tuple[int | Ports, ...], why: str
) -> Flow:
    return Flow(
        source=_end(source),
        target=_end(target),
        ports=tuple(Ports(first=each, last=each) if isinstance(each, int) else each for each in ports),
        why=why,
    )


def _end(end: Pods | Place | Workload) -> Pods | Place:
    return Pods(workload=end) if isinstance(end, Workload) else end


def narrowing(pods: Pods) -> dict[str, str]:
    """The label that picks pods of one name out of a workload's."""
    return {NAME: pods.name} if pods.name else {}
