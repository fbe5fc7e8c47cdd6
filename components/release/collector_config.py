"""What the telemetry collector lets through: the fields of the runtime's allow-list, and the metrics the alarms read.

A second fence behind the runtime's own. Fields that are not listed, values that look like text, bodies, names and
descriptions are dropped; a record that cannot be judged is dropped as a whole. There is no way for traces: whoever
sends some is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.metrics import LABELS, METRICS

OTLP_PORT, HEALTH_PORT = 4318, 13_133
DEFAULT_PART = "system"  # where records of a component without a log group of its own go
PART_FIELD = "component"
VALUE = "^[A-Za-z0-9_.:/@+={}-]{0,128}$"  # identifiers, numbers, times and routes: no space, bracket, quote or line
METRIC_NAMES = tuple(metric.name for metric in METRICS)
MIB = 1_048_576
BODY_MIB = 4


def collector_config(*, region: str, log_groups: Mapping[str, str], metric_namespace: str) -> dict[str, Any]:
    """The collector's configuration; `log_groups` by part of the runtime.

    Raises:
        ValueError: there is no log group for what belongs nowhere else.
    """
    if DEFAULT_PART not in log_groups:
        raise ValueError(f"log_groups must hold {DEFAULT_PART!r}, got {', '.join(sorted(log_groups)) or 'none'}")
    parts = sorted(log_groups)
    return {
        "extensions": {"health_check": {"endpoint": f"0.0.0.0:{HEALTH_PORT}"}},
        "receivers": {
            "otlp": {
                "protocols": {"http": {"endpoint": f"0.0.0.0:{OTLP_PORT}", "max_request_body_size": BODY_MIB * MIB}}
            }
        },
        "processors": {
            "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20},
            "transform/logs": _allow_list("log", LOG_FIELDS),
            "transform/metrics": _allow_list("datapoint", LABELS),
            "filter/metrics": {
                "error_mode": "propagate",
                "metrics": {"metric": [f"not IsMatch(name, {_quoted(_pattern(METRIC_NAMES))})"]},
            },
            "batch": {"timeout": "5s"},
        },
        "connectors": {"routing": _routes(parts)},
        "exporters": {
            **{f"awscloudwatchlogs/{part}": _log_exporter(region, log_groups[part]) for part in parts},
            "awsemf": _metric_exporter(region, log_groups[DEFAULT_PART], metric_namespace),
        },
        "service": {
            "extensions": ["health_check"],
            "telemetry": {"logs": {"level": "warn"}, "metrics": {"level": "none"}},
            "pipelines": {
                "logs": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "transform/logs"],
                    "exporters": ["routing"],
                },
                **{
                    f"logs/{part}": {
                        "receivers": ["routing"],
                        "processors": ["batch"],
                        "exporters": [f"awscloudwatchlogs/{part}"],
                    }
                    for part in parts
                },
                "metrics": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "filter/metrics", "transform/metrics", "batch"],
                    "exporters": ["awsemf"],
                },
            },
        },
    }


def _allow_list(kind: str, fields: Sequence[str]) -> dict[str, Any]:
    """`propagate`: what a statement fails on is dropped; `ignore` would let it through as it came."""
    attributes = f"{kind}.attributes"
    around = [
        "keep_keys(resource.attributes, [])",
        "keep_keys(scope.attributes, [])",
        'set(scope.name, "")',
        'set(scope.version, "")',
    ]
    texts = ['set(log.body, "")', 'set(log.severity_text, "")'] if kind == "log" else ['set(metric.description, "")']
    keep = f"keep_keys({attributes}, [{', '.join(_quoted(name) for name in fields)}])"
    # Lists and mappings are matched as JSON, whose quotes and commas no value may hold.
    plain = [
        f"delete_key({attributes}, {_quoted(name)}) where not IsMatch({attributes}[{_quoted(name)}], {_quoted(VALUE)})"
        for name in fields
    ]
    signal = "log_statements" if kind == "log" else "metric_statements"
    return {"error_mode": "propagate", signal: [*around, *texts, keep, *plain]}


def _pattern(metrics: Sequence[str]) -> str:
    return f"^({'|'.join(metrics)})$"


def _routes(parts: Sequence[str]) -> dict[str, Any]:
    """Every part to its own log group, under its own retention."""
    return {
        "error_mode": "propagate",
        "default_pipelines": [f"logs/{DEFAULT_PART}"],
        "table": [
            {
                "context": "log",
                "condition": f"attributes[{_quoted(PART_FIELD)}] == {_quoted(part)}",
                "pipelines": [f"logs/{part}"],
            }
            for part in parts
            if part != DEFAULT_PART
        ],
    }


def _log_exporter(region: str, group: str) -> dict[str, Any]:
    """A stream for each collector pod; the groups exist, since the role may create none."""
    return {"region": region, "log_group_name": group, "log_stream_name": "${env:HOSTNAME}"}


def _metric_exporter(region: str, group: str, namespace: str) -> dict[str, Any]:
    """Metrics travel as log events, out of which CloudWatch makes them; without dimensions, as the alarms read them."""
    return {
        "region": region,
        "namespace": namespace,
        "log_group_name": group,
        "log_stream_name": "metrics-${env:HOSTNAME}",
        "dimension_rollup_option": "NoDimensionRollup",
        "metric_declarations": [{"dimensions": [[]], "metric_name_selectors": [_pattern(METRIC_NAMES)]}],
    }


def _quoted(text: str) -> str:
    return f'"{text}"'
