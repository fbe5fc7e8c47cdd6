"""The resources that the program registers for each shipped stack; an invalid spec registers none."""

import json
from typing import Any

import pulumi
import pytest
from codekeep_contracts.search_administration import SEARCH_NAMESPACE
from codekeep_contracts.settings.document import RuntimeSettings

from policies.graph.jsonio import to_json
from policies.graph.model import Node
from policies.graph.recorder import record
from stacks import program
from stacks.spec import digest, load, load_spec
from tests.stacks.documents import ROOT, changed, document
from tests.stacks.programs import PLATFORM, answered, graph_of, recorded

STACKS = ["demo", "acme", "pico", PLATFORM]
TENANTS = ["demo", "acme", "pico"]


def aws_resources(stack: str) -> list[Node]:
    return [node for node in graph_of(stack).resources if node.type.startswith("aws:")]


def test_the_demo_keep_has_at_least_120_aws_resources() -> None:
    assert len(aws_resources("demo")) >= 120


def test_the_premium_keep_uses_two_regions_and_only_allowed_ones() -> None:
    regions = [node.inputs.get("region") or "eu-central-1" for node in aws_resources("acme")]
    assert regions.count("eu-west-1") >= 20
    assert set(regions) == {"eu-central-1", "eu-west-1"}


def test_a_pooled_keep_has_no_network_cluster_or_domain() -> None:
    graph = graph_of("pico")
    assert graph.of_type("aws:kms/key:Key")
    assert not graph.of_type("aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster", "aws:opensearch/domain:Domain")
    references = graph.of_type("pulumi:pulumi:StackReference")
    assert [node.name for node in references] == [f"organization/codekeep/{PLATFORM}"]


def test_a_pooled_keep_does_not_choose_what_runs_as_the_shared_domains_administrator() -> None:
    """The domain's master can open every keep's indexes; the platform's spec alone says which image runs as it."""
    other, outputs = f"sha256:{'7' * 64}", {PLATFORM: answered(graph_of(PLATFORM).outputs)}
    images = dict.fromkeys(document("pico")["release"]["images"], other)
    graph = recorded("pico", changed(document("pico"), "release.images", images), outputs)
    pods = [
        (node.inputs["spec"]["template"]["spec"], node.inputs["metadata"]["namespace"])
        for node in graph.of_type("kubernetes:batch/v1:Job", "kubernetes:apps/v1:Deployment")
    ]
    administrators = [pod for pod, space in pods if space == SEARCH_NAMESPACE]
    assert [pod["serviceAccountName"] for pod in administrators] == ["index-admin"]
    for pod, space in pods:
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            pinned = document(PLATFORM)["search_roles_image"] if space == SEARCH_NAMESPACE else other
            assert container["image"].endswith(f"@{pinned}")


def test_without_egress_there_are_no_gateways() -> None:
    gateways = ("aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway")
    assert graph_of("demo").of_type(*gateways) == []
    assert len(graph_of("acme").of_type(*gateways)) == 4  # of the entry, and one per zone


@pytest.mark.parametrize("stack", STACKS)
def test_every_aws_resource_uses_the_keeps_provider(stack: str) -> None:
    spec = load(ROOT / f"Pulumi.{stack}.yaml")
    (provider,) = graph_of(stack).of_type("pulumi:providers:aws")
    assert provider.name == f"{spec.name}-aws"
    assert provider.inputs["region"] == spec.regions.primary
    assert _plain(provider.inputs["allowedAccountIds"]) == [spec.account.id]
    assert _plain(provider.inputs["assumeRoles"])[0]["roleArn"] == spec.account.deployer_role_arn

    resources = aws_resources(stack)
    assert len(resources) >= 50
    assert {node.provider for node in resources} == {provider.urn}


@pytest.mark.parametrize("stack", STACKS)
def test_the_outputs_have_region_account_and_digest(stack: str) -> None:
    spec = load(ROOT / f"Pulumi.{stack}.yaml")
    outputs = graph_of(stack).outputs
    assert (outputs["region"], outputs["account"]) == (spec.regions.primary, spec.account.id)
    assert outputs["specDigest"] == digest(spec)


@pytest.mark.parametrize("stack", TENANTS)
def test_the_runtime_settings_are_complete_once_the_cloud_has_answered(stack: str) -> None:
    spec = load_spec(ROOT / f"Pulumi.{stack}.yaml")
    document_ = answered(graph_of(stack).outputs["runtimeSettings"])

    settings = RuntimeSettings.model_validate_json(json.dumps(document_))

    assert (settings.tenant.name, settings.tenant.tier) == (spec.name, spec.tier)
    assert set(settings.queues) == {"ingest", "review"}
    assert {"code", "index", "model", "audit"} <= set(settings.keys)
    assert ("prompts" in settings.buckets) is spec.prompt_storage.enabled
    assert len(settings.git_links) == len(spec.git_links)
    assert settings.index.prefix == f"{spec.name}_"


def test_the_same_spec_gives_the_same_graph() -> None:
    assert to_json(recorded(PLATFORM, document(PLATFORM))) == to_json(graph_of(PLATFORM))


def test_an_invalid_spec_reports_all_problems_and_registers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[object] = []
    monkeypatch.setattr(program, "aws_provider", registered.append)
    changed_spec = changed(changed(document("demo"), "retention.audit", 1), "caps.gpu_nodes", 1)

    with pytest.raises(pulumi.RunError) as caught:
        recorded("demo", changed_spec)

    message = str(caught.value)
    assert message.startswith("2 problems in the spec:")
    for path in ("retention.audit", "caps.gpu_nodes"):
        assert f"Pulumi.demo.yaml: {path}: got " in message
    assert registered == []


@pytest.mark.parametrize(
    ("config", "got"),
    [({}, "neither"), ({"codekeep:tenant": "{}", "codekeep:platform": "{}"}, "both")],
)
def test_a_stack_has_one_spec(config: dict[str, str], got: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"Pulumi.x.yaml: config must contain one of .* got {got}"):
        record(program.run, project="codekeep", stack="x", config=config)


def _plain(value: Any) -> Any:
    """Provider inputs travel as JSON text."""
    return json.loads(value) if isinstance(value, str) else value


@pytest.mark.parametrize("stack", ["demo", "acme", "pico", PLATFORM])
def test_a_job_of_the_stack_stays_after_its_end(stack: str) -> None:
    """One that Kubernetes deletes by itself is gone for the next refresh, and the `up` after that runs it again."""
    jobs = graph_of(stack).of_type("kubernetes:batch/v1:Job")
    assert jobs
    assert not [job.name for job in jobs if "ttlSecondsAfterFinished" in job.inputs["spec"]]
