"""Resource quota and limit range of a keep's namespace."""

from dataclasses import replace
from typing import Any

import pytest

from components.release.limits import Limits, LimitsArgs, container_limits, pod_kinds, quota
from components.release.pod import Resources
from policies.rule import Family
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base
from tests.components.release.judged import findings
from tests.components.release.namespaced import faults, graph_of
from tests.components.release.test_runtime_release import PLAN

QUOTA, RANGE = "kubernetes:core/v1:ResourceQuota", "kubernetes:core/v1:LimitRange"


def build() -> Recording[Limits]:
    return record(lambda: Limits("acme-limits", LimitsArgs(base=make_base(), plan=PLAN)))


def hard(**changes: Any) -> dict[str, str]:
    plan = replace(PLAN, **changes)
    return quota(list(pod_kinds(plan)), batch_gpus=plan.batch_gpus)


def test_the_component_keeps_the_contract() -> None:
    recording = build()
    assert_contract(recording, make_keep())
    assert recording.one(QUOTA).inputs["spec"]["hard"] == hard()
    assert recording.one(RANGE).inputs["spec"] == container_limits(list(pod_kinds(PLAN)))
    for token in (QUOTA, RANGE):
        assert recording.one(token).inputs["metadata"]["namespace"] == "codekeep-acme"


def test_limit_objects_pass_the_rules_and_the_schemas() -> None:
    def program() -> None:
        Limits("acme-limits", LimitsArgs(base=make_base(), plan=PLAN))

    assert findings(program, [Family.KUBERNETES, Family.COST]) == []
    assert faults(graph_of(program)) == []


def test_the_quota_is_the_sum_of_all_maxima() -> None:
    every = {each.name: each for each in pod_kinds(PLAN)}
    assert every["model-chat"].count == PLAN.endpoints[0].max_replicas + PLAN.endpoints[0].spare_replicas + 1
    assert every["ingest"].count == 9
    assert hard()["pods"] == str(sum(each.count for each in every.values()))
    gpus = sum(every[f"model-{each.role}"].count * each.gpus for each in PLAN.endpoints)
    assert hard()["requests.nvidia.com/gpu"] == str(gpus + PLAN.batch_gpus)


@pytest.mark.parametrize(
    ("changes", "grows"),
    [
        ({"seats": 5_000}, "requests.cpu"),
        ({"concurrent_ingest_jobs": 40}, "requests.memory"),
        ({"batch_gpus": 16}, "requests.nvidia.com/gpu"),
        ({"endpoints": tuple(replace(each, max_replicas=9) for each in PLAN.endpoints)}, "requests.nvidia.com/gpu"),
    ],
)
def test_the_quota_grows_with_the_spec(changes: dict[str, Any], grows: str) -> None:
    def number(text: str) -> int:
        return int(text.removesuffix("Gi"))

    assert number(hard(**changes)[grows]) > number(hard()[grows])


def test_the_quota_allows_no_secrets_and_no_external_services() -> None:
    assert [hard()[each] for each in ("secrets", "services.loadbalancers", "services.nodeports")] == ["0"] * 3


def test_every_container_of_the_release_is_within_the_limit_range() -> None:
    [container, pod] = container_limits(list(pod_kinds(PLAN)))["limits"]
    every = list(pod_kinds(PLAN))
    assert every
    for kind in every:
        assert kind.cpu_limit <= int(pod["max"]["cpu"])
        assert kind.memory_gib <= int(pod["max"]["memory"].removesuffix("Gi"))
        for each in kind.containers:
            assert int(container["min"]["cpu"].removesuffix("m")) / 1000 <= each.cpu <= each.cpu_most
            assert each.cpu_most <= int(container["max"]["cpu"])
            assert each.memory_gib <= int(container["max"]["memory"].removesuffix("Gi"))


@pytest.mark.parametrize(("cpu", "text"), [(0.5, "500m"), (2, "2"), (2.0, "2"), (1.5, "1500m"), (0.1, "100m")])
def test_cpu_quantities_have_kubernetes_format(cpu: float, text: str) -> None:
    assert Resources(cpu=cpu, memory_gib=1).spec()["requests"]["cpu"] == text


@pytest.mark.parametrize(("gib", "text"), [(0.5, "512Mi"), (2, "2Gi"), (1.5, "1536Mi")])
def test_memory_quantities_have_kubernetes_format(gib: float, text: str) -> None:
    assert Resources(cpu=1, memory_gib=gib).spec()["limits"]["memory"] == text
