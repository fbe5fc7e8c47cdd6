from typing import Any

import pytest

from components.queue_ref import QueueRole
from components.release.review_workers import REVIEW_SECONDS, ReviewWorkers, ReviewWorkersArgs, workers_for
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base
from tests.components.release.namespaced import fake_queue

DEPLOYMENT, SCALER = "kubernetes:apps/v1:Deployment", "kubernetes:keda.sh/v1alpha1:ScaledObject"


def reviewers(*, role: QueueRole = QueueRole.REVIEW, **changes: Any) -> Recording[ReviewWorkers]:
    def program() -> ReviewWorkers:
        given = {"max_workers": 5, "settings_digest": "digest", **changes}
        return ReviewWorkers("acme-review", ReviewWorkersArgs(base=make_base(), queue=fake_queue(role), **given))

    return record(program)


def test_it_is_a_component() -> None:
    assert_contract(reviewers(), make_keep())


def test_the_scaler_alone_says_how_many_workers_there_are() -> None:
    recording = reviewers()
    assert "replicas" not in recording.one(DEPLOYMENT).inputs["spec"]
    spec = recording.one(SCALER).inputs["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 5)
    assert spec["scaleTargetRef"]["name"] == recording.one(DEPLOYMENT).inputs["metadata"]["name"]


def test_workers_are_counted_by_changes_that_wait_and_those_in_review() -> None:
    recording = reviewers()
    [trigger] = recording.one(SCALER).inputs["spec"]["triggers"]
    assert trigger["metadata"] == {
        "queueURL": "https://sqs.eu-central-1.amazonaws.com/123456789012/codekeep-acme-review",
        "queueLength": "2",
        "awsRegion": "eu-central-1",
        "scaleOnInFlight": "true",
    }
    authentication = recording.one("kubernetes:keda.sh/v1alpha1:TriggerAuthentication")
    assert trigger["authenticationRef"] == {"name": authentication.inputs["metadata"]["name"]}
    assert authentication.inputs["spec"] == {"podIdentity": {"provider": "aws", "identityOwner": "keda"}}


def test_a_worker_that_is_stopped_finishes_its_review() -> None:
    spec = reviewers().one(DEPLOYMENT).inputs["spec"]["template"]["spec"]
    assert spec["terminationGracePeriodSeconds"] > REVIEW_SECONDS
    assert spec["containers"][0]["args"] == ["review-worker", f"--review-seconds={REVIEW_SECONDS}"]


def test_one_worker_at_a_time_may_be_drained() -> None:
    recording = reviewers()
    spec = recording.one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    labels = recording.one(DEPLOYMENT).inputs["spec"]["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_workers_start_anew_with_new_settings() -> None:
    template = reviewers(settings_digest="other").one(DEPLOYMENT).inputs["spec"]["template"]
    assert template["metadata"]["annotations"] == {"codekeep.dev/settings-digest": "other"}


@pytest.mark.parametrize(("seats", "workers"), [(1, 2), (100, 2), (101, 3), (250, 5), (20_000, 20)])
def test_workers_follow_the_seats(seats: int, workers: int) -> None:
    assert workers_for(seats) == workers


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_workers": 0}, "max_workers must be 1-20, got 0"),
        ({"max_workers": 21}, "got 21"),
        ({"min_workers": 6}, "min_workers must be 0-5, no more than max_workers, got 6"),
        ({"role": QueueRole.INGEST}, "queue must be the review queue, got the one for ingest"),
    ],
)
def test_scalers_without_sense_are_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        reviewers(**changes)
