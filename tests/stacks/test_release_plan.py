"""The release plan of a spec, and the Kubernetes objects that the program makes of it."""

import json
from urllib.parse import urlsplit

import pytest
from codekeep_contracts.pods import MODEL_PORT

from components.release.release_plan import ReleasePlan
from policies.graph.model import Node
from stacks.release_plan import cache_gib, release_plan
from stacks.spec import TenantSpec, load_spec, parse
from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.release import serving_image
from stacks.spec.serving import serving_facts
from tests.stacks.documents import DELETE, ROOT, changed, document
from tests.stacks.programs import graph_of, recorded

TENANTS = ["demo", "acme", "pico"]
CONFIG_MAP, SERVICE = "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Service"


def spec_of(stack: str) -> TenantSpec:
    return load_spec(ROOT / f"Pulumi.{stack}.yaml")


def plan_of(stack: str) -> ReleasePlan:
    plan = release_plan(spec_of(stack))
    assert plan is not None
    assert plan.endpoints
    return plan


def kubernetes_objects(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.package == "kubernetes" and not node.is_provider]


def test_a_keep_without_a_release_has_no_runtime() -> None:
    spec = parse(changed(document("demo"), "release", DELETE))
    assert release_plan(spec) is None
    without = recorded("demo", changed(document("demo"), "release", DELETE))
    clusters = ("codekeep:controllers:", "codekeep:search_administration:")
    own = [node for node in kubernetes_objects(without.resources) if not any(each in node.urn for each in clusters)]
    assert [node.type for node in own] == ["kubernetes:core/v1:Namespace"]
    assert len(kubernetes_objects(graph_of("demo").resources)) >= 60
    assert without.outputs["runtimeSettings"]


@pytest.mark.parametrize("stack", TENANTS)
def test_each_model_is_served_from_its_image(stack: str) -> None:
    spec = spec_of(stack)
    plan = plan_of(stack)
    assert [endpoint.image for endpoint in plan.endpoints] == [
        serving_image(serving_facts(model)) for model in spec.models
    ]
    for endpoint, model in zip(plan.endpoints, spec.models, strict=True):
        assert endpoint.image in plan.digests
        assert (endpoint.revision, endpoint.gpus, endpoint.pool) == (model.revision, model.gpus, model.pool)
        assert endpoint.port == MODEL_PORT
        assert endpoint.command
        assert endpoint.model_path in endpoint.args


def test_a_variant_is_in_the_repository_of_its_image() -> None:
    plan = plan_of("demo")
    assert plan.repositories["code-copilot-serve-cu12-vllm"] == "code-copilot-serve-cu12"
    assert plan.repositories["code-batch-review"] == "code-batch-review"


@pytest.mark.parametrize("stack", ["demo", "acme"])
def test_a_node_has_room_for_as_many_replicas_as_its_gpus_allow(stack: str) -> None:
    spec = spec_of(stack)
    plan = plan_of(stack)
    pools = {pool.name: pool for pool in spec.pools}
    for endpoint in plan.endpoints:
        for name in pools[endpoint.pool].instance_types:
            machine = INSTANCE_TYPES[name]
            replicas = machine.gpu_count // endpoint.gpus
            assert replicas >= 1
            assert replicas * endpoint.cpus <= 0.8 * machine.vcpus
            assert replicas * endpoint.memory_gib <= 0.8 * machine.memory_gib


def test_a_replica_on_a_platform_requests_what_every_gpu_machine_has() -> None:
    plan = plan_of("pico")
    assert {(endpoint.cpus, endpoint.memory_gib) for endpoint in plan.endpoints} == {(4, 24)}


@pytest.mark.parametrize(("billions", "gib"), [(0.033, 5), (7.6, 23), (32.8, 81)])
def test_the_cache_has_room_for_the_checkpoint_and_more(billions: float, gib: int) -> None:
    assert cache_gib(billions) == gib
    assert gib * 2**30 > billions * 2e9


def test_the_caps_bound_the_work() -> None:
    spec = spec_of("demo")
    plan = plan_of("demo")
    assert (plan.seats, plan.concurrent_ingest_jobs) == (spec.caps.seats, spec.caps.concurrent_ingest_jobs)
    assert (plan.repository_count, plan.repository_gib) == (spec.caps.repositories, spec.caps.repository_gib)
    assert plan.batch_gpus == 4  # four nodes at most, of one GPU at least


def test_egress_is_allowed_to_the_links_only() -> None:
    demo, pico = plan_of("demo"), plan_of("pico")
    assert (demo.link_traffic.git_ports, demo.link_traffic.registry_ports) == ((22, 443), (443,))
    assert not demo.link_traffic.issuer_by_link  # its keys are pinned
    assert pico.link_traffic.issuer_by_link  # GitLab is the identity provider, reached by the Git link


@pytest.mark.parametrize("stack", TENANTS)
def test_the_mounted_settings_are_the_exported_ones(stack: str) -> None:
    graph = graph_of(stack)
    [settings] = [node for node in graph.of_type(CONFIG_MAP) if node.inputs["metadata"]["name"] == "runtime-settings"]
    text = settings.inputs["data"]["settings.json"]
    assert isinstance(text, str)
    assert json.loads(text) == json.loads(json.dumps(graph.outputs["runtimeSettings"]))


@pytest.mark.parametrize("stack", TENANTS)
def test_every_model_has_a_service_at_the_url_in_the_settings(stack: str) -> None:
    graph = graph_of(stack)
    services = {
        (node.inputs["metadata"]["name"], node.inputs["metadata"]["namespace"]): node.inputs["spec"]["ports"]
        for node in graph.of_type(SERVICE)
    }
    models = graph.outputs["runtimeSettings"]["models"]
    assert len(models) == len(spec_of(stack).models)
    for model in models:
        host = urlsplit(model["url"])
        name, namespace = str(host.hostname).split(".")[:2]
        assert [port["port"] for port in services[name, namespace]] == [host.port]


@pytest.mark.parametrize("stack", TENANTS)
def test_no_text_of_a_config_map_is_unknown(stack: str) -> None:
    texts = [text for node in graph_of(stack).of_type(CONFIG_MAP) for text in node.inputs["data"].values()]
    assert len(texts) >= 3
    assert all(isinstance(text, str) for text in texts)
