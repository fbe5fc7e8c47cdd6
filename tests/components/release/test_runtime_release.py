"""All objects of a release: names, images, accounts, settings, restarts."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pulumi
import pytest
from codekeep_contracts.images import REPOSITORIES
from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from components.identity.workload import Workload
from components.keep.tenant import TenantEnvironment
from components.naming import Keep
from components.release.flows import LinkTraffic
from components.release.release_plan import ReleasePlan
from components.release.runtime_release import RuntimeRelease, RuntimeReleaseArgs, release_images
from tests.components.contract import assert_contract
from tests.components.environments import dedicated_args
from tests.components.recording import Node, Recording, record
from tests.components.release.bases import DIGEST
from tests.components.release.test_model_endpoint import CHAT

SETTINGS = {"schema_version": 1, "logging": {"bodies": False, "level": "info", "allowed_fields": ["timestamp"]}}
PLAN = ReleasePlan(
    version="1.4.0",
    digests=dict.fromkeys((*REPOSITORIES, "code-copilot-serve-cu12-vllm"), DIGEST),
    repositories={"code-copilot-serve-cu12-vllm": "code-copilot-serve-cu12"},
    endpoints=(
        CHAT,
        replace(CHAT, role="embed", image="code-copilot-serve-cu12-vllm", files={}, spare_replicas=0, max_replicas=2),
    ),
    seats=250,
    concurrent_ingest_jobs=8,
    repository_count=500,
    repository_gib=10,
    link_traffic=LinkTraffic(git_ports=(443, 22), registry_ports=(443,)),
    batch_gpus=4,
)


def recorded(plan: ReleasePlan = PLAN, settings: str = json.dumps(SETTINGS)) -> Recording[RuntimeRelease]:
    def program() -> RuntimeRelease:
        outputs = TenantEnvironment("acme", dedicated_args()).outputs
        args = RuntimeReleaseArgs(outputs=outputs, plan=plan, settings=pulumi.Output.from_input(settings))
        return RuntimeRelease("acme-release", args, opts=pulumi.ResourceOptions(providers=[outputs.provider]))

    return record(program)


@cache
def release() -> Recording[RuntimeRelease]:
    """A release with every part, recorded once."""
    return recorded()


def objects(recording: Recording[RuntimeRelease]) -> list[Node]:
    """Those of the keep; the cluster's controllers have tests of their own."""
    return [
        node
        for node in recording.resources
        if node.type.startswith("kubernetes:") and "codekeep:controllers:" not in node.urn
    ]


def pods(value: Any) -> Iterator[dict[str, Any]]:
    """Every pod spec inside an object."""
    if isinstance(value, dict):
        if "containers" in value:
            yield value
        for inner in value.values():
            yield from pods(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pods(inner)


def all_pods(recording: Recording[RuntimeRelease]) -> list[tuple[Node, dict[str, Any]]]:
    return [(node, pod) for node in objects(recording) for pod in pods(node.inputs)]


def test_a_release_keeps_the_contract(keep: Keep) -> None:
    assert_contract(release(), keep)


def test_every_object_belongs_to_the_keep_and_is_in_its_namespace() -> None:
    recording = release()
    found = objects(recording)
    assert len(found) >= 40
    [provider] = recording.of_type("pulumi:providers:kubernetes")
    for node in found:
        metadata = node.inputs["metadata"]
        if node.name.startswith("acme-search-administration"):
            continue  # of the domain, not of the release
        assert metadata["labels"]["codekeep.dev/tenant"] == "acme", node.name
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "codekeep", node.name
        own_name = metadata["name"].startswith("codekeep-acme")
        administers = metadata.get("namespace") == SEARCH_NAMESPACE and metadata["name"].startswith("search-roles-acme")
        assert metadata.get("namespace") == "codekeep-acme" or own_name or administers, (
            f"{node.type} {metadata['name']}"
        )
        assert provider.urn in node.provider


def test_only_model_endpoints_wait_for_nodes_that_may_not_come() -> None:
    """Without capacity for GPUs all else comes up, and the models when there is some."""
    recording = release()
    groups = {each.name: each for each in recording.of_type("aws:eks/nodeGroup:NodeGroup")}
    waiting = {
        pool: {node.name for node in recording.resources if recording.depends_on(node, groups[f"acme-pool-{pool}"])}
        for pool in ("system", "ingest", "serve", "batch")
    }
    models = {node.name for node in objects(recording) if node.name.startswith("acme-model-")}
    assert waiting["serve"] == models
    assert models == {"acme-model-chat", "acme-model-chat-spare", "acme-model-embed"}
    assert waiting["ingest"] == waiting["batch"] == set()
    assert {"acme-gateway", "acme-search-roles", "acme-addons-coredns"} <= waiting["system"]


def test_no_two_objects_of_a_kind_have_the_same_name() -> None:
    named = [(node.type, *map(node.inputs["metadata"].get, ("namespace", "name"))) for node in objects(release())]
    assert len(named) == len(set(named))


def test_every_image_is_in_the_keeps_registry_by_digest() -> None:
    found = all_pods(release())
    assert len(found) >= 12
    for node, pod in found:
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert re.search(rf"code-[a-z0-9-]+@{DIGEST}$|telemetry-collector@{DIGEST}$", container["image"]), node.name


def test_every_pods_account_and_priority_exist() -> None:
    recording = release()
    accounts = {node.inputs["metadata"]["name"] for node in recording.of_type("kubernetes:core/v1:ServiceAccount")}
    classes = {
        node.inputs["metadata"]["name"] for node in recording.of_type("kubernetes:scheduling.k8s.io/v1:PriorityClass")
    }
    assert {workload.value for workload in Workload} <= accounts
    found = all_pods(recording)
    assert found
    for node, pod in found:
        assert pod["serviceAccountName"] in accounts, node.name
        assert pod["priorityClassName"] in classes, node.name


def test_no_service_account_mounts_a_token() -> None:
    accounts = release().of_type("kubernetes:core/v1:ServiceAccount")
    assert accounts
    assert all(node.inputs["automountServiceAccountToken"] is False for node in accounts)


def test_serving_has_priority_over_batch_and_batch_over_placeholders() -> None:
    classes = release().of_type("kubernetes:scheduling.k8s.io/v1:PriorityClass")
    ranked = sorted(classes, key=lambda node: -node.inputs["value"])
    assert [node.inputs["metadata"]["name"] for node in ranked] == [
        "codekeep-acme-serving",
        "codekeep-acme-batch",
        "codekeep-acme-reserve",
    ]
    assert [node.inputs["preemptionPolicy"] for node in ranked] == ["PreemptLowerPriority", "Never", "Never"]
    assert ranked[-1].inputs["value"] == -10
    assert not any(node.inputs["globalDefault"] for node in ranked)


def test_pods_wait_for_accounts_and_settings() -> None:
    recording = release()
    settings = recording.one("kubernetes:core/v1:ConfigMap", "acme-runtime-settings")
    accounts = recording.of_type("kubernetes:core/v1:ServiceAccount")
    account = next(node for node in accounts if node.inputs["metadata"]["name"] == "gateway")
    deployments = [node for node in objects(recording) if node.type == "kubernetes:apps/v1:Deployment"]
    assert len(deployments) >= 6
    for node in deployments:
        assert recording.depends_on(node, settings), node.name
        assert recording.depends_on(node, account), node.name


def test_the_settings_are_mounted_unchanged() -> None:
    settings = release().one("kubernetes:core/v1:ConfigMap", "acme-runtime-settings").inputs
    assert settings["metadata"]["name"] == "runtime-settings"
    assert json.loads(settings["data"]["settings.json"]) == SETTINGS


def test_changed_settings_restart_the_servers_and_no_engine() -> None:
    def templates(recording: Recording[RuntimeRelease]) -> dict[str, Any]:
        return {
            node.name: node.inputs["spec"]["template"] for node in recording.of_type("kubernetes:apps/v1:Deployment")
        }

    before, after = templates(release()), templates(recorded(settings=json.dumps({**SETTINGS, "caps": {}})))
    changed = {name for name in before if before[name] != after[name]}
    assert {"acme-gateway", "acme-webhook", "acme-index-driver"} <= changed
    assert not {name for name in changed if name.startswith("acme-model-")}


def test_every_pod_of_ours_sends_telemetry_to_the_collector() -> None:
    recording = release()
    gateway = recording.one("kubernetes:apps/v1:Deployment", "acme-gateway").inputs
    [pod] = pods(gateway)
    environment = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"].startswith("http://telemetry.codekeep-acme.svc.cluster.local:")
    engine = next(pods(recording.one("kubernetes:apps/v1:Deployment", "acme-model-chat").inputs))
    assert not [each for each in engine["containers"][0]["env"] if each["name"].startswith("OTEL_")]


def test_a_variant_is_pulled_from_the_repository_of_its_image() -> None:
    [pod] = pods(release().one("kubernetes:apps/v1:Deployment", "acme-model-embed").inputs)
    assert pod["containers"][0]["image"].endswith(f"code-copilot-serve-cu12@{DIGEST}")


def test_no_manifest_contains_a_secret() -> None:
    assert objects(release())
    assert release().of_type("kubernetes:core/v1:Secret") == []
    assert not [node.name for node in objects(release()) if node.secrets]


def test_an_image_without_a_repository_is_refused() -> None:
    with pytest.raises(ValueError, match="the registry has no repository other \\(it has: code-x\\)"):
        release_images(replace(PLAN, digests={"other": DIGEST}), {"code-x": pulumi.Output.from_input("x")})


def test_git_hosts_confirm_readers_only_if_the_spec_says_so() -> None:
    assert "acme-access-sync" not in release().names("kubernetes:batch/v1:CronJob")
    recording = recorded(replace(PLAN, confirmed_by_git_hosts=True))
    spec = recording.one("kubernetes:batch/v1:CronJob", "acme-access-sync").inputs["spec"]
    assert (spec["schedule"], spec["concurrencyPolicy"], spec["suspend"]) == ("*/15 * * * *", "Forbid", False)
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "ingest"  # which the Git hosts' tokens are for
    assert pod["containers"][0]["args"] == ["access", "sync"]
