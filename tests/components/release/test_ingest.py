"""Ingest workers: nightly jobs, jobs for pushes, and their limits."""

from collections.abc import Mapping
from typing import Any

import pytest
from codekeep_contracts.roles import QueueRole
from codekeep_contracts.settings.access import Caps

from components.naming import Tier
from components.release.ingest import GRACE_SECONDS, Ingest, IngestArgs
from components.storage.queues import VISIBILITY_SECONDS
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base
from tests.components.release.namespaced import fake_queue

CAPS: Mapping[str, Any] = {"concurrent_jobs": 8, "repositories": 500, "repository_gib": 10}


def ingest(tier: Tier = Tier.DEDICATED, **changes: Any) -> Recording[Ingest]:
    def program() -> Ingest:
        args = IngestArgs(base=make_base(tier), queue=fake_queue(QueueRole.INGEST), **{**CAPS, **changes})
        return Ingest("acme-ingest", args)

    return record(program)


def nightly(recording: Recording[Ingest]) -> Any:
    return recording.one("kubernetes:batch/v1:CronJob").inputs["spec"]


def pushes(recording: Recording[Ingest]) -> Any:
    return recording.one("kubernetes:keda.sh/v1alpha1:ScaledJob").inputs["spec"]


def test_ingest_keeps_the_contract() -> None:
    assert_contract(ingest(), make_keep())


@pytest.mark.parametrize("cap", [1, 2, 3, 8, 24, 200])
def test_nightly_jobs_and_pushes_together_stay_within_the_cap(cap: int) -> None:
    recording = ingest(concurrent_jobs=cap)
    night = nightly(recording)
    at_night = 0 if night["suspend"] else night["jobTemplate"]["spec"]["parallelism"]
    by_push = pushes(recording)["maxReplicaCount"]
    assert by_push >= 1
    assert at_night + by_push <= cap
    assert night["suspend"] is (cap == 1)


def test_caps_allowed_by_the_spec_are_accepted() -> None:
    largest = {name: Caps.model_fields[name].metadata[-1].le for name in ("concurrent_ingest_jobs", "repositories")}
    spec = nightly(ingest(concurrent_jobs=largest["concurrent_ingest_jobs"], repositories=largest["repositories"]))
    assert spec["jobTemplate"]["spec"]["completions"] == 600


def test_the_nightly_run_has_shards_by_repository() -> None:
    job = nightly(ingest())["jobTemplate"]["spec"]
    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 24, 6)
    [container] = job["template"]["spec"]["containers"]
    assert container["args"] == ["ingest", "shard", "--index=$(JOB_COMPLETION_INDEX)", "--count=24"]


def test_there_are_no_more_shards_than_repositories() -> None:
    job = nightly(ingest(repositories=3))["jobTemplate"]["spec"]
    assert (job["completions"], job["parallelism"]) == (3, 3)


def test_a_push_starts_a_job_by_the_queue() -> None:
    spec = pushes(ingest())
    [trigger] = spec["triggers"]
    assert trigger["type"] == "aws-sqs-queue"
    assert trigger["metadata"]["queueURL"].endswith("/codekeep-acme-ingest")
    assert trigger["authenticationRef"] == {"name": "ingest-queue"}
    # `accurate` reckons with messages that are out of sight while they are worked on.
    assert (trigger["metadata"]["scaleOnInFlight"], spec["scalingStrategy"]["strategy"]) == ("false", "accurate")
    assert spec["rollout"] == {"strategy": "gradual"}
    [container] = spec["jobTargetRef"]["template"]["spec"]["containers"]
    assert container["args"] == ["ingest", "queue", "--take-seconds=1800"]


def test_keda_uses_its_own_identity_created_before_the_jobs() -> None:
    recording = ingest()
    authentication = recording.one("kubernetes:keda.sh/v1alpha1:TriggerAuthentication")
    assert authentication.inputs["metadata"]["name"] == "ingest-queue"
    assert authentication.inputs["spec"] == {"podIdentity": {"provider": "aws", "identityOwner": "keda"}}
    assert recording.depends_on(recording.one("kubernetes:keda.sh/v1alpha1:ScaledJob"), authentication)


def test_scratch_volumes_have_room_for_two_copies_of_a_repository() -> None:
    recording = ingest(repository_gib=15)
    pods = [nightly(recording)["jobTemplate"]["spec"], pushes(recording)["jobTargetRef"]]
    for spec in (pod["template"]["spec"] for pod in pods):
        assert spec["nodeSelector"] == {"codekeep.dev/role": "ingest", "codekeep.dev/tenant": "acme"}
        [scratch] = [volume for volume in spec["volumes"] if volume["name"] == "scratch"]
        assert scratch == {"name": "scratch", "emptyDir": {"sizeLimit": "30Gi"}}


def test_a_pooled_keep_uses_the_platforms_pool() -> None:
    spec = nightly(ingest(Tier.POOLED))["jobTemplate"]["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {"codekeep.dev/role": "ingest"}


def test_a_stopped_worker_has_time_to_return_its_message() -> None:
    assert VISIBILITY_SECONDS[QueueRole.INGEST] > GRACE_SECONDS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"concurrent_jobs": 0}, r"concurrent_jobs must be 1-200 \(caps.concurrent_ingest_jobs\), got 0"),
        ({"repositories": 0}, "repositories must be 1 or more, got 0"),
        ({"repository_gib": 0}, "repository_gib must be 1 or more, got 0"),
    ],
)
def test_wrong_bounds_are_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ingest(**changes)


def test_the_review_queue_is_refused() -> None:
    def program() -> None:
        IngestArgs(base=make_base(), queue=fake_queue(QueueRole.REVIEW), **CAPS)

    with pytest.raises(ValueError, match="queue must be the ingest queue, got the one for review"):
        record(program)
