"""Metrics that the runtime records, and that a keep's alarms and scalers read.

Sources of the derived names: the Prometheus exporter of OpenTelemetry appends the unit and, to counters, `_total`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from codekeep_contracts.roles import ModelRole

Kind = Literal["counter", "up-down-counter", "histogram", "gauge"]
_UNIT_SUFFIX: Final = {"1": "", "ms": "_milliseconds", "min": "_minutes"}


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One instrument. `name` is OpenTelemetry's, and the one in CloudWatch; `unit` is UCUM's."""

    name: str
    kind: Kind
    unit: Literal["1", "ms", "min"]
    help: str
    labels: tuple[str, ...] = ("component",)

    @property
    def prometheus(self) -> str:
        """The metric's name at /metrics."""
        return f"{self.name}{_UNIT_SUFFIX[self.unit]}{'_total' if self.kind == 'counter' else ''}"


def _counter(name: str, help_: str, *labels: str) -> Metric:
    return Metric(name=f"codekeep_{name}", kind="counter", unit="1", help=help_, labels=("component", *labels))


def _latency(name: str, help_: str, *labels: str) -> Metric:
    return Metric(name=f"codekeep_{name}", kind="histogram", unit="ms", help=help_, labels=("component", *labels))


REQUESTS: Final = _counter("requests", "Requests that ended, whatever their status.", "route", "status")
FAILED_REQUESTS: Final = _counter("failed_requests", "Requests that ended in an error of ours.", "route", "status")
AUTOCOMPLETE_LATENCY: Final = _latency("autocomplete_latency", "Request to complete suggestion.")
CHAT_FIRST_TOKEN_LATENCY: Final = _latency("chat_first_token_latency", "Request to first token.")
RETRIEVAL_LATENCY: Final = _latency("retrieval_latency", "Question to ranked chunks.", "route")
INDEX_AGE: Final = Metric(
    name="codekeep_index_age",
    kind="gauge",
    unit="min",
    help="Minutes since the last successful ingest of the repositories whose ingest failed.",
)
INGEST_JOBS: Final = _counter(
    "ingest_jobs", "Ingest runs that ended: a Job of the queue makes one for each batch of messages."
)
FAILED_INGEST_JOBS: Final = _counter("failed_ingest_jobs", "Ingest runs in which a repository failed.")
FAILED_AUDIT_SHIPMENTS: Final = _counter("failed_audit_shipments", "Audit records that stayed on a pod for a minute.")
CACHE_HITS: Final = _counter("cache_hits", "Answers from a cache.")
RETRIEVAL_HITS: Final = _counter("retrieval_hits", "Requests for which retrieval found something.", "route")
OUTPUT_TOKENS: Final = _counter("output_tokens", "Tokens of answers.")
MODEL_REQUESTS_IN_FLIGHT: Final = Metric(
    name="codekeep_model_requests_in_flight",
    kind="up-down-counter",
    unit="1",
    help="Requests that a model's engine works on.",
    labels=("component", "role"),
)
MODEL_REQUESTS_QUEUED: Final = Metric(
    name="codekeep_model_requests_queued",
    kind="up-down-counter",
    unit="1",
    help="Requests that wait for a place at a model's engine.",
    labels=("component", "role"),
)

METRICS: Final = (
    REQUESTS,
    FAILED_REQUESTS,
    AUTOCOMPLETE_LATENCY,
    CHAT_FIRST_TOKEN_LATENCY,
    RETRIEVAL_LATENCY,
    INDEX_AGE,
    INGEST_JOBS,
    FAILED_INGEST_JOBS,
    FAILED_AUDIT_SHIPMENTS,
    CACHE_HITS,
    RETRIEVAL_HITS,
    OUTPUT_TOKENS,
    MODEL_REQUESTS_IN_FLIGHT,
    MODEL_REQUESTS_QUEUED,
)
LABELS: Final = tuple(sorted({label for metric in METRICS for label in metric.labels}))
"""All labels there are; none grows with readers or repositories."""


def metric_namespace(tenant: str) -> str:
    """CloudWatch namespace of a keep: IAM can limit a writer of metrics by namespace only."""
    return f"codekeep/{tenant}"


def model_load(role: "ModelRole", namespace: str) -> str:
    """PromQL query for the requests that a role's engines process or that wait for one, over all pods of a
    namespace.
    """
    names = f"{MODEL_REQUESTS_IN_FLIGHT.prometheus}|{MODEL_REQUESTS_QUEUED.prometheus}"
    return f'sum({{__name__=~"{names}",namespace="{namespace}",role="{role}"}})'
