"""Pod templates: restrictions, volumes, labels, placement."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi_kubernetes as kubernetes
import pytest

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.naming import Tier
from components.release.base import Priority, ReleaseBase, by_digest
from components.release.pod import Container, PodPlan, Resources, Scratch, http_probe, pod_template
from tests.components.recording import record
from tests.components.release.bases import DIGEST, REGISTRY, make_base

WORKER = PodPlan(
    workload=Workload.REVIEWER,
    role=PoolRole.INGEST,
    priority=Priority.BATCH,
    containers=(
        Container(
            name="worker",
            image=f"{REGISTRY}/codekeep-acme-code-batch-review@{DIGEST}",
            resources=Resources(cpu=0.5, cpu_limit=2, memory_gib=2),
            args=("review-worker",),
            env={"TZ": "UTC"},
        ),
    ),
)


def deployed(plan: PodPlan, base: Callable[[], ReleaseBase] = make_base) -> dict[str, Any]:
    """The template as the API server would get it."""

    def program() -> None:
        spec: Any = {"selector": {"matchLabels": {}}, "template": pod_template(base(), plan)}
        kubernetes.apps.v1.Deployment("acme-x", spec=spec)

    template: dict[str, Any] = record(program).one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]
    return template


def pod(plan: PodPlan, base: Callable[[], ReleaseBase] = make_base) -> dict[str, Any]:
    spec: dict[str, Any] = deployed(plan, base)["spec"]
    return spec


def test_a_pod_runs_restricted() -> None:
    spec = pod(WORKER)
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == "reviewer"
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 65532
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    [container] = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["args"] == ["review-worker"]
    assert container["env"] == [{"name": "TZ", "value": "UTC"}]
    assert container["resources"] == {
        "requests": {"cpu": "500m", "memory": "2Gi"},
        "limits": {"cpu": "2", "memory": "2Gi"},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert all(volume.keys() <= {"name", "emptyDir", "configMap"} for volume in spec["volumes"])


def test_every_container_has_scratch_space_and_the_settings() -> None:
    spec = pod(replace(WORKER, init=WORKER.containers, scratch=Scratch(gib=20)))
    assert {each["name"]: each for each in spec["volumes"]} == {
        "tmp": {"name": "tmp", "emptyDir": {"sizeLimit": "512Mi"}},
        "scratch": {"name": "scratch", "emptyDir": {"sizeLimit": "20Gi"}},
        "settings": {"name": "settings", "configMap": {"name": "runtime-settings"}},
    }
    containers = [*spec["containers"], *spec["initContainers"]]
    assert len(containers) == 2
    for container in containers:
        mounts = {each["mountPath"]: each.get("readOnly", False) for each in container["volumeMounts"]}
        assert mounts == {"/tmp": False, "/var/cache/codekeep": False, "/etc/codekeep/settings.json": True}  # noqa: S108 - a mount


def test_scratch_of_a_storage_class_is_deleted_with_the_pod() -> None:
    [scratch] = [
        each
        for each in pod(replace(WORKER, scratch=Scratch(gib=50, storage_class="nvme")))["volumes"]
        if each["name"] == "scratch"
    ]
    template = scratch["ephemeral"]["volumeClaimTemplate"]
    assert template["spec"] == {
        "accessModes": ["ReadWriteOncePod"],
        "storageClassName": "nvme",
        "resources": {"requests": {"storage": "50Gi"}},
    }
    assert template["metadata"]["labels"]["codekeep.dev/tenant"] == "acme"


def test_labels_name_the_keep_and_the_workload() -> None:
    labels = deployed(replace(WORKER, name="reviewer-large"))["metadata"]["labels"]
    assert labels == {
        "app.kubernetes.io/name": "reviewer-large",
        "app.kubernetes.io/component": "reviewer",
        "app.kubernetes.io/managed-by": "codekeep",
        "app.kubernetes.io/version": "1.4.0",
        "codekeep.dev/tenant": "acme",
        "codekeep.dev/workload": "reviewer",
    }


def test_a_pod_stays_on_its_pool() -> None:
    spec = pod(WORKER)
    assert spec["nodeSelector"] == {"codekeep.dev/role": "ingest", "codekeep.dev/tenant": "acme"}
    taint = {"key": "codekeep.dev/role", "operator": "Equal", "value": "ingest", "effect": "NoSchedule"}
    assert spec["tolerations"] == [taint]
    assert spec["priorityClassName"] == "codekeep-acme-batch"

    system = pod(replace(WORKER, role=PoolRole.SYSTEM))
    assert not system.get("tolerations")

    serving = pod(replace(WORKER, role=PoolRole.GPU_SERVE, pool="serve"))
    assert serving["nodeSelector"]["codekeep.dev/pool"] == "serve"
    assert [each["key"] for each in serving["tolerations"]] == ["codekeep.dev/role", "nvidia.com/gpu"]


def test_a_pooled_keeps_pod_selects_the_role_alone() -> None:
    spec = pod(WORKER, lambda: make_base(Tier.POOLED, "pico"))
    assert spec["nodeSelector"] == {"codekeep.dev/role": "ingest"}
    assert spec["priorityClassName"] == "codekeep-pico-batch"


def test_pods_are_spread_over_zones_and_nodes() -> None:
    constraints = pod(replace(WORKER, spread=True))["topologySpreadConstraints"]
    assert [each["topologyKey"] for each in constraints] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    for each in constraints:
        selected = each["labelSelector"]["matchLabels"]
        assert selected == {"app.kubernetes.io/name": "reviewer", "codekeep.dev/tenant": "acme"}


def test_optional_parts_of_a_plan_are_in_the_pod() -> None:
    container = replace(
        WORKER.containers[0],
        ports={"http": 8080},
        probes={"readinessProbe": http_probe("/healthz", "http", scheme="HTTPS")},
        mounts={"serving": "/etc/serving"},
        resources=Resources(cpu=4, memory_gib=32, gpus=2),
        stop_seconds=10,
    )
    plan = replace(
        WORKER,
        role=PoolRole.GPU_SERVE,
        containers=(container,),
        files={"serving": "model-chat"},
        shared_memory_gib=8,
        token=True,
        restart="Never",
        annotations={"example.com/x": "y"},
    )
    template = deployed(plan)
    spec = template["spec"]
    assert template["metadata"]["annotations"] == {"example.com/x": "y"}
    assert spec["automountServiceAccountToken"] is True
    assert spec["restartPolicy"] == "Never"
    [made] = spec["containers"]
    assert made["resources"]["requests"]["nvidia.com/gpu"] == made["resources"]["limits"]["nvidia.com/gpu"] == "2"
    assert made["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": "http", "scheme": "HTTPS"}
    assert made["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    assert {"name": "serving", "mountPath": "/etc/serving", "readOnly": True} in made["volumeMounts"]
    volumes = {each["name"]: each for each in spec["volumes"]}
    assert volumes["serving"]["configMap"] == {"name": "model-chat"}
    assert volumes["shared-memory"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "8Gi"}


@pytest.mark.parametrize("image", [f"{REGISTRY}/x:1.4.0", f"{REGISTRY}/x", f"{REGISTRY}/x@sha256:abc"])
def test_an_image_without_a_digest_is_refused(image: str) -> None:
    with pytest.raises(Exception, match=r"image must be repository@sha256"):
        pod(replace(WORKER, containers=(replace(WORKER.containers[0], image=image),)))


@pytest.mark.parametrize("digest", ["latest", "sha256:abc", f"sha256:{'AB' * 32}", ""])
def test_a_malformed_digest_is_refused(digest: str) -> None:
    with pytest.raises(ValueError, match="an image's digest must be sha256"):
        by_digest(f"{REGISTRY}/x", digest)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Resources(cpu=0, memory_gib=1), "cpu must be more than 0, got 0"),
        (lambda: Resources(cpu=1, memory_gib=-1), "memory_gib must be more than 0, got -1"),
        (lambda: Resources(cpu=1, memory_gib=1, cpu_limit=0), "cpu_limit must be more than 0"),
        (lambda: Resources(cpu=1, memory_gib=1, gpus=-1), "gpus must be 0 or more"),
        (lambda: Scratch(gib=0), "gib must be 1 or more"),
        (lambda: replace(WORKER, containers=()), "containers must have at least one"),
        (
            lambda: replace(
                WORKER, containers=(replace(WORKER.containers[0], resources=Resources(cpu=1, memory_gib=1, gpus=1)),)
            ),
            "role must be one with GPUs",
        ),
        (
            lambda: replace(WORKER, containers=(replace(WORKER.containers[0], mounts={"models": "/m"}),)),
            "files must name the ConfigMap of each mount; missing: models",
        ),
    ],
)
def test_a_wrong_plan_is_named_with_its_field(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_a_release_knows_its_images_and_its_version() -> None:
    def program() -> None:
        base = make_base()
        with pytest.raises(ValueError, match="the release has no image 'other' \\(it has: "):
            base.image("other")
        with pytest.raises(ValueError, match="version must be"):
            replace(base, version="1.4 beta")
        assert base.metadata(Workload.GATEWAY)["name"] == "gateway"
        assert base.keep_metadata("limits", "quota")["labels"]["app.kubernetes.io/component"] == "quota"

    record(program)
