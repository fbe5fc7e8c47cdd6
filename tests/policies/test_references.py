"""References replace values that only the cloud knows, and lead to the node."""

import json

import pulumi
from pulumi_aws import kms, s3

from policies.graph import UNKNOWN, ResourceGraph
from policies.graph.recorder import record
from policies.graph.references import Reference, reference_of, references_in, text_outputs


def program() -> None:
    key = kms.Key("code")
    bucket = s3.Bucket("snapshots", bucket="codekeep-snapshots")
    document = pulumi.Output.json_dumps(
        {"Statement": [{"Resource": [bucket.arn, pulumi.Output.concat(bucket.arn, "/*")]}]}
    )
    s3.BucketPolicy("snapshots", bucket=bucket.id, policy=document)
    pulumi.export("key", key.arn)
    pulumi.export("rotation", key.enable_key_rotation)


def recorded(*, references: bool) -> ResourceGraph:
    return record(program, project="codekeep", stack="dev", config={"aws:region": "eu-west-1"}, references=references)


def test_a_document_built_from_unknown_values_can_be_read() -> None:
    graph = recorded(references=True)
    policy = graph.one("aws:s3/bucketPolicy:BucketPolicy")
    bucket = graph.one("aws:s3/bucket:Bucket")
    whole, objects = json.loads(policy.inputs["policy"])["Statement"][0]["Resource"]
    assert reference_of(whole) == Reference(bucket.urn, "arn")
    assert list(references_in(objects)) == [Reference(bucket.urn, "arn")]
    assert reference_of(objects) is None
    assert reference_of(policy.inputs["bucket"]) == Reference(bucket.urn, "id")


def test_an_input_keeps_its_value_and_what_is_no_text_stays_unknown() -> None:
    graph = recorded(references=True)
    assert graph.one("aws:s3/bucket:Bucket").inputs["bucket"] == "codekeep-snapshots"
    assert graph.outputs["rotation"] is UNKNOWN


def test_without_references_the_document_is_unknown() -> None:
    assert recorded(references=False).one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"] is UNKNOWN


def test_text_outputs_come_from_the_providers_sdk() -> None:
    assert {"arn", "keyId"} <= set(text_outputs("aws:kms/key:Key"))
    assert "enableKeyRotation" not in text_outputs("aws:kms/key:Key")
    assert text_outputs("kubernetes:core/v1:Namespace") == ()
    assert text_outputs("aws:none/none:None") == ()
