from typing import Any

import pytest

from components.release.finetune import CHECKPOINT_MINUTES, Finetune, FinetuneArgs
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base


def finetune(**changes: Any) -> Recording[Finetune]:
    return record(lambda: Finetune("acme-finetune", FinetuneArgs(base=make_base(), **changes)))


def template(recording: Recording[Finetune]) -> Any:
    return recording.one("kubernetes:batch/v1:CronJob").inputs["spec"]


def test_it_is_a_component() -> None:
    assert_contract(finetune(), make_keep())


def test_deploying_starts_no_run() -> None:
    recording = finetune()
    assert template(recording)["suspend"] is True
    assert recording.names("kubernetes:batch/v1:Job") == set()


def test_a_run_goes_on_where_an_evicted_pod_stopped() -> None:
    job = template(finetune())["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    assert container["args"] == ["finetune", "--run=$(CODEKEEP_RUN)", f"--checkpoint-minutes={CHECKPOINT_MINUTES}"]
    assert job["podFailurePolicy"]["rules"][0]["action"] == "Ignore"
    assert job["podReplacementPolicy"] == "Failed"
    assert job["template"]["spec"]["terminationGracePeriodSeconds"] == 180
    assert (job["backoffLimit"], job["activeDeadlineSeconds"]) == (3, 72 * 3_600)


def test_it_runs_on_the_batch_pool_alone() -> None:
    spec = template(finetune(gpus=4, pool="batch"))["jobTemplate"]["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {
        "codekeep.dev/role": "gpu-batch",
        "codekeep.dev/pool": "batch",
        "codekeep.dev/tenant": "acme",
    }
    assert {each["key"] for each in spec["tolerations"]} == {"codekeep.dev/role", "nvidia.com/gpu"}
    [container] = spec["containers"]
    assert container["resources"]["limits"] == {"cpu": "32", "memory": "256Gi", "nvidia.com/gpu": "4"}
    assert {"name": "scratch", "emptyDir": {"sizeLimit": "200Gi"}} in spec["volumes"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gpus": 0}, "gpus must be 1-8, those of one node, got 0"),
        ({"gpus": 9}, "got 9"),
        ({"longest_hours": 169}, "longest_hours must be 1-168, got 169"),
    ],
)
def test_what_no_node_could_run_is_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        finetune(**changes)
