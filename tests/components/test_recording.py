"""The recording of programs, which all component tests use."""

import pulumi
import pytest
from pulumi_aws import kms, s3, sqs

from tests.components.recording import UNKNOWN, record


class Pair(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("codekeep:test:Pair", name)
        child = pulumi.ResourceOptions(parent=self)
        self.key = kms.Key(name, enable_key_rotation=True, opts=child)
        self.queue = sqs.Queue(name, kms_master_key_id=self.key.arn, tags={"a": "b"}, opts=child)
        self.register_outputs({"queue": self.queue.arn})


def test_registrations_have_inputs_parents_and_dependencies() -> None:
    recording = record(lambda: Pair("p"))
    queue, key, pair = recording.one("aws:sqs/queue:Queue"), recording.one("aws:kms/key:Key"), recording.components[0]
    assert queue.inputs == {"kmsMasterKeyId": "arn:aws:kms:eu-central-1:123456789012:key/p", "tags": {"a": "b"}}
    assert queue.parent == key.parent == pair.urn
    assert recording.depends_on(queue, key)
    assert not recording.depends_on(key, queue)
    assert recording.component_outputs[pair.urn] == {"queue": queue.outputs["arn"]}
    assert recording.value(recording.result.queue.arn) == queue.outputs["arn"]


def test_a_preview_knows_no_outputs() -> None:
    recording = record(lambda: Pair("p"), preview=True)
    assert recording.one("aws:sqs/queue:Queue").inputs["kmsMasterKeyId"] == UNKNOWN
    assert recording.value(recording.result.key.arn) == UNKNOWN


def test_an_exception_in_an_apply_is_raised() -> None:
    def program() -> None:
        Pair("p").queue.arn.apply(lambda arn: pytest.fail("reached"))

    with pytest.raises(pytest.fail.Exception, match="reached"):
        record(program)


def test_secrets_are_unwrapped_and_marked() -> None:
    def program() -> None:
        s3.Bucket("b", bucket=pulumi.Output.secret("hush"))

    bucket = record(program).one("aws:s3/bucket:Bucket")
    assert bucket.inputs["bucket"] == "hush"
    assert bucket.secrets == {"bucket"}


def test_recordings_are_isolated() -> None:
    assert len(record(lambda: Pair("p")).nodes) == len(record(lambda: Pair("p")).nodes) == 3
