"""Files, folders, ports, routes and environment variables of pods. The stack provides them, the runtime uses them."""

from pathlib import PurePosixPath
from typing import Final

SETTINGS_FILE: Final = PurePosixPath("/etc/codekeep/settings.json")
SCRATCH_FOLDER: Final = PurePosixPath("/var/cache/codekeep")
"""Folder that a pod may write to beside /tmp; it is deleted with the pod."""

GATEWAY_PORT: Final = 8443
"""Port of the gateway: TLS, behind the keep's entry."""
WEBHOOK_PORT: Final = 8080
"""Port of the webhook receiver: plain HTTP, only the gateway reaches it."""
METRICS_PORT: Final = 9464
"""Port of Prometheus metrics; only the cluster's Prometheus reaches it. OpenTelemetry's default for its exporter."""
METRICS_PATH: Final = "/metrics"
METRICS_PORT_VARIABLE: Final = "OTEL_EXPORTER_PROMETHEUS_PORT"
"""Where it is set, the process serves its metrics on that port. The name is OpenTelemetry's."""
HEALTH_PATH: Final = "/healthz"
READY_PATH: Final = "/readyz"

RUN: Final = "CODEKEEP_RUN"
"""Name of the Job, the same in all its pods: the prefix of its checkpoints and reports."""
SHARD: Final = "JOB_COMPLETION_INDEX"
"""Set by Kubernetes in the pods of an indexed Job."""
OTLP_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Address of the keep's telemetry collector."""
TRACES_EXPORTER: Final = "OTEL_TRACES_EXPORTER"
"""With `otlp` spans are sent too; a keep's collector refuses them."""

MODEL_PORT: Final = 8000
"""Port of the model servers: plain HTTP, and network policies say who reaches it. The engines' default."""
OTLP_PORT: Final = 4318
"""Port of the telemetry collector: OTLP over HTTP. OpenTelemetry's default."""


def model_service(role: str) -> str:
    """Name of a role's model server: its Deployment, its Service and so its host."""
    return f"model-{role}"
