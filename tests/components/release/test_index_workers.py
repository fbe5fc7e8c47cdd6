"""The Ray cluster of the indexer, and the full reindex."""

import re
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.pods import METRICS_PORT, METRICS_PORT_VARIABLE

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.flows import External, LinkTraffic, Pods, Ports, flows
from components.release.index_workers import IMAGE, PORTS, RAY_VERSION, IndexWorkers, IndexWorkersArgs
from images.catalog import find_image
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base
from tests.components.release.namespaced import faults_of, manifest

ROOT = Path(__file__).resolve().parents[3]
CLUSTER, JOB = "kubernetes:ray.io/v1:RayCluster", "kubernetes:ray.io/v1:RayJob"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"


def index_workers(**changes: Any) -> Recording[IndexWorkers]:
    def program() -> IndexWorkers:
        all_args = {"settings_digest": "digest", "max_workers": 8, "reindex_workers": 4, **changes}
        return IndexWorkers("acme-index", IndexWorkersArgs(base=make_base(), **all_args))

    return record(program)


def cluster(**changes: Any) -> Any:
    return index_workers(**changes).one(CLUSTER).inputs["spec"]


def reindex(**changes: Any) -> Any:
    return index_workers(**changes).one(JOB).inputs["spec"]


def test_index_workers_keep_the_contract() -> None:
    assert_contract(index_workers(), make_keep())


def test_a_full_reindex_is_measured() -> None:
    """Its requests to the embedding model are what KEDA scales the model on."""
    [group] = reindex()["rayClusterSpec"]["workerGroupSpecs"]
    template = group["template"]
    assert template["metadata"]["annotations"]["prometheus.io/port"] == str(METRICS_PORT)
    [container] = template["spec"]["containers"]
    assert {"name": METRICS_PORT_VARIABLE, "value": str(METRICS_PORT)} in container["env"]


@pytest.mark.parametrize("token", [CLUSTER, JOB])
def test_objects_are_valid_by_kuberays_definitions(token: str) -> None:
    thing = manifest(index_workers().one(token))
    assert faults_of(thing) == []
    thing["spec"]["rayVersion" if token == CLUSTER else "suspend"] = 2
    assert len(faults_of(thing)) == 1


def test_the_ray_version_is_that_of_the_image() -> None:
    [locked] = re.findall(r"^ray(?:\[\w+\])?==([\d.]+)", (ROOT / find_image(IMAGE).lock).read_text(), re.MULTILINE)
    assert locked == RAY_VERSION


def test_the_head_runs_no_task() -> None:
    head = cluster()["headGroupSpec"]
    assert head["rayStartParams"]["num-cpus"] == "0"
    assert head["serviceType"] == "ClusterIP"
    spec = head["template"]["spec"]
    assert spec["serviceAccountName"] == "index-head"  # not the indexers', which may write the index
    assert spec["nodeSelector"]["codekeep.dev/role"] == "system"


def test_the_number_of_workers_is_limited() -> None:
    spec = cluster(max_workers=24)
    assert spec["enableInTreeAutoscaling"] is True
    [group] = spec["workerGroupSpecs"]
    assert (group["minReplicas"], group["maxReplicas"]) == (0, 24)
    pod = group["template"]["spec"]
    assert pod["serviceAccountName"] == "indexer"
    assert pod["automountServiceAccountToken"] is False
    assert pod["nodeSelector"]["codekeep.dev/role"] == "ingest"
    assert re.fullmatch(r"\d+", pod["containers"][0]["resources"]["limits"]["cpu"])  # Ray counts whole processors


def test_spilled_objects_are_written_to_the_scratch_volume() -> None:
    spec = cluster()
    starts = [spec["headGroupSpec"]["rayStartParams"], *(group["rayStartParams"] for group in spec["workerGroupSpecs"])]
    assert [each["object-spilling-directory"] for each in starts] == ["/var/cache/codekeep/spill"] * 2


def test_the_heads_account_can_only_resize_its_cluster() -> None:
    recording = index_workers()
    assert recording.one(ROLE).inputs["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "resourceNames": ["index"], "verbs": ["get", "patch"]},
    ]
    binding = recording.one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "index-head", "namespace": "codekeep-acme"}]
    # KubeRay makes a wider role where it finds none of the cluster's name.
    assert binding["metadata"]["name"] == recording.one(CLUSTER).inputs["metadata"]["name"]
    assert recording.depends_on(recording.one(CLUSTER), recording.one(ROLE))
    with_token = [
        template["spec"]["automountServiceAccountToken"]
        for spec in (cluster(), reindex()["rayClusterSpec"])
        for template in (spec["headGroupSpec"]["template"], *(each["template"] for each in spec["workerGroupSpecs"]))
    ]
    assert with_token == [True, False, False, False]


def test_only_rays_pods_reach_its_ports_and_the_operator_its_dashboard() -> None:
    into = [flow for flow in flows(LinkTraffic(git_ports=(443,))) if flow.target == Pods(workload=Workload.INDEXER)]
    assert {flow.source for flow in into} == {Pods(workload=Workload.INDEXER), External.KUBERAY, External.PROMETHEUS}
    [dashboard] = [flow.ports for flow in into if flow.source is External.KUBERAY]
    assert dashboard == (Ports(first=PORTS["dashboard"], last=PORTS["dashboard"]),)
    [among] = [flow.ports for flow in into if isinstance(flow.source, Pods)]
    assert all(each.first <= port <= each.last for each in among for port in PORTS.values())


def test_ports_have_the_names_that_kuberay_expects() -> None:
    [ray] = cluster()["headGroupSpec"]["template"]["spec"]["containers"]
    assert {each["name"]: each["containerPort"] for each in ray["ports"]} == {
        "client": 10_001,
        "gcs-server": 6_379,
        "dashboard": 8_265,
    }


def test_the_autoscaler_that_kuberay_adds_is_restricted_too() -> None:
    spec = cluster()
    [ray] = spec["headGroupSpec"]["template"]["spec"]["containers"]
    assert spec["autoscalerOptions"]["securityContext"] == ray["securityContext"]
    assert spec["autoscalerOptions"]["volumeMounts"] == [ray["volumeMounts"][0]]  # /tmp, as its root is read-only
    assert ray["volumeMounts"][0]["mountPath"] == "/tmp"  # noqa: S108 - a mount


def test_one_driver_pod_submits_the_work() -> None:
    spec = index_workers().one("kubernetes:apps/v1:Deployment").inputs["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    [container] = spec["template"]["spec"]["containers"]
    assert container["command"] == list(find_image("code-ingest-parse").entrypoint)
    assert container["args"] == ["index-worker", "--ray=ray://index-head-svc:10001"]


def test_a_release_takes_back_ownership_of_the_autoscalers_fields() -> None:
    metadata = index_workers().one(CLUSTER).inputs["metadata"]
    assert metadata["annotations"] == {"pulumi.com/patchForce": "true"}


def test_a_full_reindex_is_suspended_until_started_and_has_a_deadline() -> None:
    spec = reindex()
    assert spec["suspend"] is True
    assert spec["shutdownAfterJobFinishes"] is True
    assert (spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"], spec["backoffLimit"]) == (172_800, 3_600, 2)
    assert spec["entrypoint"] == "/opt/codekeep/bin/codekeep-runtime index-worker --full"
    assert spec["entrypointNumCpus"] == 1  # on a worker: the head has no processor for it
    [group] = spec["rayClusterSpec"]["workerGroupSpecs"]
    assert group["replicas"] == group["minReplicas"] == group["maxReplicas"] == 4


@pytest.mark.parametrize(("role", "gpus"), [(PoolRole.INGEST, None), (PoolRole.GPU_BATCH, "1")])
def test_a_reindex_embeds_on_gpus_where_the_keep_has_a_batch_pool(role: PoolRole, gpus: str | None) -> None:
    [group] = reindex(reindex_role=role)["rayClusterSpec"]["workerGroupSpecs"]
    pod = group["template"]["spec"]
    assert pod["nodeSelector"]["codekeep.dev/role"] == role.value
    assert pod["containers"][0]["resources"]["limits"].get("nvidia.com/gpu") == gpus


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_workers": 0}, "max_workers must be 1-200, got 0"),
        ({"reindex_workers": 201}, "reindex_workers must be 1-200, got 201"),
        ({"reindex_role": PoolRole.GPU_SERVE}, "reindex_role must be ingest or gpu-batch, got gpu-serve"),
    ],
)
def test_wrong_bounds_and_pools_are_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        index_workers(**changes)
