"""Configures what the telemetry collector passes: the log fields of the allow-list, and the metrics that the alarms
read.
"""

from collections.abc import Mapping
from typing import Any

from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.metrics import LABELS, METRICS
from codekeep_contracts.pods import OTLP_PORT

from components.release.templating import yaml_template

HEALTH_PORT = 13_133
DEFAULT_PART = "system"  # for records of a component without its own log group
VALUE = "^[A-Za-z0-9_.:/@+={}-]{0,128}$"  # identifiers, numbers, times and routes: no space, bracket, quote or line end
BODY_BYTES_MAX = 4 * 1_048_576


def collector_config(*, region: str, log_groups: Mapping[str, str], metric_namespace: str) -> dict[str, Any]:
    """The collector's configuration (templates/collector.yaml.j2); `log_groups` are by part of the runtime.

    Raises:
        ValueError: there is no log group for records of other components.
    """
    if DEFAULT_PART not in log_groups:
        raise ValueError(f"log_groups must have {DEFAULT_PART!r}, got {', '.join(sorted(log_groups)) or 'none'}")
    config: dict[str, Any] = yaml_template(
        "collector",
        region=region,
        log_groups=dict(sorted(log_groups.items())),
        default_part=DEFAULT_PART,
        metric_namespace=metric_namespace,
        metric_pattern=f"^({'|'.join(metric.name for metric in METRICS)})$",
        log_fields=LOG_FIELDS,
        labels=LABELS,
        value=VALUE,
        otlp_port=OTLP_PORT,
        health_port=HEALTH_PORT,
        body_bytes_max=BODY_BYTES_MAX,
    )
    return config
