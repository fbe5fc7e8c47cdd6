"""Names of the metrics that say whether a keep meets its objectives; the runtime writes them, the alarms read them.

Names and units are a contract with the runtime's telemetry: change both sides or neither.
"""

from typing import Final

from components.naming import Keep

REQUESTS: Final = "Requests"  # count, answered requests of developers
FAILED_REQUESTS: Final = "FailedRequests"  # count, those that ended in an error of ours
AUTOCOMPLETE_MS: Final = "AutocompleteLatency"  # milliseconds, request to whole suggestion
CHAT_FIRST_TOKEN_MS: Final = "ChatFirstTokenLatency"  # milliseconds  # noqa: S105 - no password
RETRIEVAL_MS: Final = "RetrievalLatency"  # milliseconds
INDEX_AGE_MINUTES: Final = "IndexAge"  # minutes since the oldest commit that is not yet indexed
INGEST_JOBS: Final = "IngestJobs"  # count, finished
FAILED_INGEST_JOBS: Final = "FailedIngestJobs"  # count
FAILED_AUDIT_SHIPMENTS: Final = "FailedAuditShipments"  # count, records that stayed on a pod for another minute
CACHE_HITS: Final = "CacheHits"  # count
RETRIEVAL_HITS: Final = "RetrievalHits"  # count, requests for which retrieval found something
OUTPUT_TOKENS: Final = "OutputTokens"  # count

METRICS: Final = (
    REQUESTS,
    FAILED_REQUESTS,
    AUTOCOMPLETE_MS,
    CHAT_FIRST_TOKEN_MS,
    RETRIEVAL_MS,
    INDEX_AGE_MINUTES,
    INGEST_JOBS,
    FAILED_INGEST_JOBS,
    FAILED_AUDIT_SHIPMENTS,
    CACHE_HITS,
    RETRIEVAL_HITS,
    OUTPUT_TOKENS,
)


def metric_namespace(keep: Keep) -> str:
    """One namespace per keep: the only thing IAM can hold a writer of metrics to."""
    return f"codekeep/{keep.tenant}"
