from typing import Any

from components.release.evals import Evals, EvalsArgs
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base


def evals(**changes: Any) -> Recording[Evals]:
    return record(lambda: Evals("acme-evals", EvalsArgs(base=make_base(), **changes)))


def test_it_is_a_component() -> None:
    assert_contract(evals(), make_keep())


def test_it_runs_every_night_and_never_twice_at_once() -> None:
    spec = evals().one("kubernetes:batch/v1:CronJob").inputs["spec"]
    assert (spec["schedule"], spec["suspend"], spec["concurrencyPolicy"]) == ("0 4 * * *", False, "Forbid")
    assert evals(schedule="0 5 * * 1").one("kubernetes:batch/v1:CronJob").inputs["spec"]["schedule"] == "0 5 * * 1"


def test_the_report_lies_under_the_name_of_the_run() -> None:
    job = evals().one("kubernetes:batch/v1:CronJob").inputs["spec"]["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    assert container["args"] == ["evals", "--run=$(CODEKEEP_RUN)"]
    assert (job["backoffLimit"], job["activeDeadlineSeconds"]) == (1, 4 * 3_600)
    assert job["template"]["spec"]["serviceAccountName"] == "evals"
