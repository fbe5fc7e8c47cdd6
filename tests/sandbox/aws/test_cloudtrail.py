"""Trails through the provider."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError

TRAIL = "aws:cloudtrail/trail:Trail"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def bucket(plugin, unique) -> str:
    name = f"trail-{unique}-{plugin.region}"
    s3 = plugin.api().client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": plugin.region})
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action,
            "Resource": f"arn:aws:s3:::{name}{path}",
        }
        for action, path in (("s3:GetBucketAcl", ""), ("s3:PutObject", "/AWSLogs/*"))
    ]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return name


def data_events(bucket: str) -> list[dict]:
    return [
        {
            "name": "objects",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "startsWiths": [f"arn:aws:s3:::{bucket}/"]},
            ],
        }
    ]


def test_a_trail_passes_the_lifecycle(lifecycle, bucket):
    base = {"s3BucketName": bucket, "enableLogFileValidation": True, "isMultiRegionTrail": True}
    made = lifecycle(
        TRAIL,
        {**base, "kmsKeyId": KEY, "advancedEventSelectors": data_events(bucket), "tags": {"a": "b", "c": "d"}},
        {
            **base,
            "isMultiRegionTrail": False,
            "enableLogging": False,
            "eventSelectors": [{"readWriteType": "WriteOnly", "includeManagementEvents": True}],
            "tags": {"a": "e"},
        },
        drift=lambda api, made: api.client("cloudtrail").stop_logging(Name=made.id),
    )
    assert made.id == made.outputs["arn"]
    assert made.outputs["homeRegion"] == "eu-central-1"


def test_selectors_changed_outside_pulumi_show_as_drift(lifecycle, bucket):
    def drift(api, made):
        selectors = api.client("cloudtrail").get_event_selectors(TrailName=made.id)["AdvancedEventSelectors"]
        selectors[0]["FieldSelectors"][2]["StartsWith"] = ["arn:aws:s3:::elsewhere/"]
        api.client("cloudtrail").put_event_selectors(TrailName=made.id, AdvancedEventSelectors=selectors)

    base = {"s3BucketName": bucket, "advancedEventSelectors": data_events(bucket)}
    lifecycle(TRAIL, base, {"s3BucketName": bucket}, drift=drift)


def test_another_name_replaces_a_trail(lifecycle, bucket, unique):
    base = {"s3BucketName": bucket}
    lifecycle(TRAIL, {**base, "name": f"{unique}-a"}, {**base, "name": f"{unique}-b"}, expect_replace={"name"})


def test_selectors_without_a_category_are_refused(plugin, unique):
    selector = {"fieldSelectors": [{"field": "resources.type", "equals": ["AWS::S3::Object"]}]}
    with pytest.raises(CheckError, match="eventCategory") as error:
        plugin.check(TRAIL, unique, {"s3BucketName": "b", "advancedEventSelectors": [selector]})
    assert error.value.failures[0][0] == "advancedEventSelectors[0].fieldSelectors"
