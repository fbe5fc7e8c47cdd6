"""The OpenTelemetry collector: fields and metrics that it lets through, log groups."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.metrics import LABELS, METRICS

from components.observe.runtime_logs import ACCESS_PART, PARTS
from components.release.base import by_digest
from components.release.collector_config import VALUE, collector_config
from components.release.telemetry import IMAGE, Telemetry, TelemetryArgs, client_environment
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import DIGEST, REGISTRY, make_base

GROUPS = {part: f"/codekeep/acme/runtime/{part}" for part in (*PARTS, ACCESS_PART)}


def telemetry(groups: Mapping[str, str] = GROUPS) -> Recording[Telemetry]:
    def program() -> Telemetry:
        base = make_base()
        base = replace(base, images={IMAGE: by_digest(f"{REGISTRY}/codekeep-acme/{IMAGE}", DIGEST)})
        return Telemetry("acme-telemetry", TelemetryArgs(base=base, log_group_names=groups))

    return record(program)


def config(recording: Recording[Telemetry] | None = None) -> Any:
    config_map = (recording or telemetry()).one("kubernetes:core/v1:ConfigMap")
    return yaml.safe_load(config_map.inputs["data"]["collector.yaml"])


def kept(statements: list[str], of: str) -> list[str]:
    """Fields that `keep_keys` lists; it drops all others."""
    [found] = [each for each in statements if each.startswith(f"keep_keys({of}.attributes")]
    return re.findall(r'"(\w+)"', found)


def test_telemetry_keeps_the_contract() -> None:
    assert_contract(telemetry(), make_keep())


def test_a_log_record_keeps_only_allowed_fields() -> None:
    transform = config()["processors"]["transform/logs"]
    statements = transform["log_statements"]
    assert kept(statements, "log") == list(LOG_FIELDS)
    assert kept(statements, "resource") == kept(statements, "scope") == []
    assert {'set(log.body, "")', 'set(log.severity_text, "")', 'set(scope.name, "")'} <= set(statements)
    for field in LOG_FIELDS:
        unlike = f'not IsMatch(log.attributes["{field}"], "{VALUE}")'
        assert f'delete_key(log.attributes, "{field}") where {unlike}' in statements


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24T02:30:00.125+00:00",
        "381fc969f78efac66bc87ff7ddeadb7e73c218a7",
        "Qwen/Qwen2.5-Coder-7B",
        "/v1/repositories/{id}",
        "ghe:payments/ledger",
        "1500",
        "0.25",
        "",
    ],
)
def test_identifiers_counts_times_and_routes_are_kept(value: str) -> None:
    assert re.match(VALUE, value)


@pytest.mark.parametrize(
    "value",
    [
        "return secret_key",
        "def f(x):",
        'printf("%d")',
        "a;b",
        "x\ny",
        "a[0]",
        "f(x)",
        json.dumps({"code": "x"}),
        json.dumps(["x"]),
        "x" * 129,
    ],
)
def test_values_that_may_be_code_are_dropped(value: str) -> None:
    assert not re.match(VALUE, value)


def test_values_of_unknown_type_are_dropped() -> None:
    parsed = config()
    judging = [
        each for part in ("processors", "connectors") for each in parsed[part].values() if isinstance(each, dict)
    ]
    modes = [each["error_mode"] for each in judging if "error_mode" in each]
    assert modes == ["propagate"] * 4


def test_only_metrics_used_by_alarms_are_exported() -> None:
    parsed = config()
    pattern = f"^({'|'.join(metric.name for metric in METRICS)})$"
    assert parsed["processors"]["filter/metrics"]["metrics"]["metric"] == [f'not IsMatch(name, "{pattern}")']
    exporter = parsed["exporters"]["awsemf"]
    assert exporter["namespace"] == "codekeep/acme"  # what the role may write
    assert exporter["metric_declarations"] == [{"dimensions": [[]], "metric_name_selectors": [pattern]}]
    statements = parsed["processors"]["transform/metrics"]["metric_statements"]
    assert kept(statements, "datapoint") == list(LABELS)
    assert 'set(metric.description, "")' in statements


def test_every_part_writes_to_its_own_group() -> None:
    parsed = config()
    routes = {route["condition"]: route["pipelines"] for route in parsed["connectors"]["routing"]["table"]}
    assert parsed["connectors"]["routing"]["default_pipelines"] == ["logs/system"]
    for part, group in GROUPS.items():
        pipeline = parsed["service"]["pipelines"][f"logs/{part}"]
        [exporter] = pipeline["exporters"]
        assert pipeline["receivers"] == ["routing"]
        assert parsed["exporters"][exporter]["log_group_name"] == group
        if part != "system":
            assert routes[f'attributes["component"] == "{part}"'] == [f"logs/{part}"]


def test_every_pipeline_filters_and_traces_have_none() -> None:
    pipelines = config()["service"]["pipelines"]
    incoming = {name: each["processors"] for name, each in pipelines.items() if "otlp" in each["receivers"]}
    assert incoming.keys() == {"logs", "metrics"}
    assert incoming["logs"] == ["memory_limiter", "transform/logs"]
    assert incoming["metrics"][1:3] == ["filter/metrics", "transform/metrics"]


def test_the_configuration_names_only_what_it_defines() -> None:
    parsed = config()
    for pipeline in parsed["service"]["pipelines"].values():
        assert set(pipeline["processors"]) <= parsed["processors"].keys()
        assert set(pipeline["exporters"]) <= parsed["exporters"].keys() | parsed["connectors"].keys()
        assert set(pipeline["receivers"]) <= parsed["receivers"].keys() | parsed["connectors"].keys()


def test_a_changed_configuration_restarts_the_pods() -> None:
    def digest(recording: Recording[Telemetry]) -> str:
        template = recording.one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]
        return str(template["metadata"]["annotations"]["codekeep.dev/config-digest"])

    assert digest(telemetry()) == digest(telemetry()) != digest(telemetry({**GROUPS, "gateway": "/elsewhere"}))


def test_workloads_send_to_the_collectors_service() -> None:
    recording = telemetry()
    service = recording.one("kubernetes:core/v1:Service").inputs
    [port] = service["spec"]["ports"]
    place = f"http://{service['metadata']['name']}.codekeep-acme.svc.cluster.local:{port['port']}"
    environment = client_environment("codekeep-acme")
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == place
    assert environment["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"] == "delta"


def test_without_a_default_log_group_it_is_refused() -> None:
    with pytest.raises(ValueError, match="log_groups must have 'system', got gateway"):
        collector_config(log_groups={"gateway": "g"}, region="eu-central-1", metric_namespace="n")
