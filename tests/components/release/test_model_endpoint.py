"""The Deployment that serves a model: engine, model files, placeholders, scaling."""

from dataclasses import replace
from typing import Any

import pytest

from components.naming import Keep
from components.release.model_endpoint import ModelEndpoint, ModelEndpointArgs
from components.release.release_plan import EndpointPlan
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import DIGEST, make_base

DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
BUDGET, SCALER = "kubernetes:policy/v1:PodDisruptionBudget", "kubernetes:keda.sh/v1alpha1:ScaledObject"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
REVISION = "ab" * 20
CHAT = EndpointPlan(
    role="chat",
    model="Qwen/Qwen2.5-Coder-32B-Instruct",
    revision=REVISION,
    pool="serve",
    image="code-copilot-serve-cu12",
    command=("trtllm-serve",),
    args=("/var/cache/codekeep/models/chat", "--config", "/etc/codekeep/serving/engine.yaml"),
    files={"engine.yaml": "max_batch_size: 16\n"},
    files_folder="/etc/codekeep/serving",
    env={"HF_HUB_OFFLINE": "1"},
    model_path="/var/cache/codekeep/models/chat",
    port=8000,
    health_path="/health",
    metrics_path="/prometheus/metrics",
    requests_per_replica=16,
    gpus=2,
    cpus=18,
    memory_gib=144,
    shared_memory_gib=4,
    cache_gib=81,
    min_replicas=2,
    max_replicas=4,
    spare_replicas=1,
)


def recorded(plan: EndpointPlan = CHAT) -> Recording[ModelEndpoint]:
    name = f"acme-model-{plan.role}"
    return record(lambda: ModelEndpoint(name, ModelEndpointArgs(base=make_base(), plan=plan)))


def engine_pod(recording: Recording[ModelEndpoint], name: str = "acme-model-chat") -> dict[str, Any]:
    spec: dict[str, Any] = recording.one(DEPLOYMENT, name).inputs["spec"]["template"]["spec"]
    return spec


def test_an_endpoint_keeps_the_contract(keep: Keep) -> None:
    assert_contract(recorded(), keep)


def test_the_engine_starts_as_planned_and_is_probed() -> None:
    recording = recorded()
    [engine] = engine_pod(recording)["containers"]
    assert engine["command"] == ["trtllm-serve"]
    assert engine["args"] == list(CHAT.args)
    assert engine["image"].endswith(f"codekeep-acme-code-copilot-serve-cu12@{DIGEST}")
    assert engine["resources"]["limits"] == {"cpu": "18", "memory": "144Gi", "nvidia.com/gpu": "2"}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert engine[probe]["httpGet"]["path"] == "/health"
    startup = engine["startupProbe"]
    assert startup["failureThreshold"] * startup["periodSeconds"] == 1_800

    files = recording.one(CONFIG_MAP).inputs
    assert (files["metadata"]["name"], files["data"]) == ("model-chat", {"engine.yaml": "max_batch_size: 16\n"})
    mounts = {each["mountPath"]: each["name"] for each in engine["volumeMounts"]}
    assert mounts["/etc/codekeep/serving"] == "engine"
    assert {"name": "engine", "configMap": {"name": "model-chat"}} in engine_pod(recording)["volumes"]


def test_the_model_is_fetched_and_verified_before_the_engine_starts() -> None:
    spec = engine_pod(recorded())
    [fetch] = spec["initContainers"]
    assert fetch["command"] == ["python3", "-m", "codekeep_runtime"]
    options = ["--role=chat", f"--revision={REVISION}", f"--into={CHAT.model_path}", "--verify"]
    assert fetch["args"] == ["model", "fetch", *options]
    assert "nvidia.com/gpu" not in fetch["resources"]["limits"]
    [scratch] = [volume for volume in spec["volumes"] if volume["name"] == "scratch"]
    assert scratch == {"name": "scratch", "emptyDir": {"sizeLimit": "81Gi"}}
    assert CHAT.model_path.startswith("/var/cache/codekeep/")


def test_a_replica_stays_on_the_pool_of_its_model_with_a_role_that_only_reads_models() -> None:
    spec = engine_pod(recorded())
    assert spec["nodeSelector"]["codekeep.dev/pool"] == "serve"
    assert spec["serviceAccountName"] == "model-server"
    assert spec["priorityClassName"] == "codekeep-acme-serving"
    assert {each["topologyKey"] for each in spec["topologySpreadConstraints"]} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }


def test_the_service_has_the_name_in_the_settings_and_is_internal() -> None:
    service = recorded().one(SERVICE).inputs
    assert service["metadata"]["name"] == "model-chat"
    assert service["spec"]["type"] == "ClusterIP"
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(8000, "http")]
    assert service["metadata"]["annotations"]["prometheus.io/path"] == "/prometheus/metrics"


def test_the_service_and_the_disruption_budget_select_replicas_without_placeholders() -> None:
    recording = recorded()
    selectors = [
        recording.one(SERVICE).inputs["spec"]["selector"],
        recording.one(BUDGET).inputs["spec"]["selector"]["matchLabels"],
    ]
    labels = {
        node.inputs["metadata"]["name"]: node.inputs["spec"]["template"]["metadata"]["labels"]
        for node in recording.of_type(DEPLOYMENT)
    }
    assert labels.keys() == {"model-chat", "model-chat-spare"}
    for selector in selectors:
        assert selector.items() <= labels["model-chat"].items()
        assert not selector.items() <= labels["model-chat-spare"].items()
    assert recording.one(BUDGET).inputs["spec"]["maxUnavailable"] == 1


def test_placeholders_reserve_the_same_resources_and_are_evicted_first() -> None:
    recording = recorded()
    spare = recording.one(DEPLOYMENT, "acme-model-chat-spare").inputs["spec"]
    assert spare["replicas"] == 1
    pod = spare["template"]["spec"]
    [holder], [engine] = pod["containers"], engine_pod(recording)["containers"]
    assert holder["resources"] == engine["resources"]
    assert holder["image"] == engine["image"]
    assert pod["priorityClassName"] == "codekeep-acme-reserve"
    assert pod["terminationGracePeriodSeconds"] == 0
    assert pod["nodeSelector"] == engine_pod(recording)["nodeSelector"]


def test_replicas_scale_with_the_runtimes_requests_in_flight_and_queued() -> None:
    recording = recorded()
    assert "replicas" not in recording.one(DEPLOYMENT, "acme-model-chat").inputs["spec"]
    spec = recording.one(SCALER).inputs["spec"]
    assert spec["scaleTargetRef"] == {"name": "model-chat"}
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (2, 4)
    [trigger] = spec["triggers"]
    assert (trigger["type"], trigger["metricType"]) == ("prometheus", "AverageValue")
    assert trigger["metadata"]["query"] == (
        'sum({__name__=~"codekeep_model_requests_in_flight|codekeep_model_requests_queued",'
        'namespace="codekeep-acme",role="chat"})'
    )
    assert trigger["metadata"]["threshold"] == "12.8"  # 80 % of 16
    assert trigger["metadata"]["ignoreNullValues"] == "false"


def test_an_endpoint_of_fixed_size_has_no_scaler() -> None:
    recording = recorded(replace(CHAT, min_replicas=1, max_replicas=1, spare_replicas=0))
    assert recording.of_type(SCALER) == []
    [deployment] = recording.of_type(DEPLOYMENT)
    assert deployment.inputs["spec"]["replicas"] == 1
    # The only replica stays until the next one is ready.
    assert deployment.inputs["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_with_several_replicas_a_rollout_needs_no_further_gpu() -> None:
    strategy = recorded().one(DEPLOYMENT, "acme-model-chat").inputs["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_an_engine_without_files_has_no_config_map() -> None:
    recording = recorded(replace(CHAT, role="embed", files={}, spare_replicas=0))
    assert recording.of_type(CONFIG_MAP) == []
    [engine] = engine_pod(recording, "acme-model-embed")["containers"]
    assert not [each for each in engine["volumeMounts"] if each["name"] == "engine"]


def test_other_files_restart_the_engine_and_another_version_does_not() -> None:
    def template(plan: EndpointPlan) -> dict[str, Any]:
        found: dict[str, Any] = recorded(plan).one(DEPLOYMENT, "acme-model-chat").inputs["spec"]["template"]["metadata"]
        return found

    first, other = template(CHAT), template(replace(CHAT, files={"engine.yaml": "max_batch_size: 8\n"}))
    assert first["annotations"] != other["annotations"]
    assert first["labels"] == other["labels"]
    assert "app.kubernetes.io/version" not in first["labels"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_replicas": 0}, "chat: min_replicas must be 1-4, got 0"),
        ({"min_replicas": 5}, "chat: min_replicas must be 1-4, got 5"),
        ({"spare_replicas": -1}, "chat: spare_replicas must be 0 or more, got -1"),
    ],
)
def test_a_wrong_number_of_replicas_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CHAT, **changes)
