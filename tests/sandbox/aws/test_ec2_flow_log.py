"""Flow logs through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import network

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ROLE = "arn:aws:iam::123456789012:role/flow"


@pytest.fixture
def inputs(plugin, unique):
    plugin.api().client("logs").create_log_group(logGroupName=f"/flows/{unique}")
    return {
        "vpcId": network(plugin, unique).vpc_id,
        "trafficType": "ALL",
        "logDestination": f"arn:aws:logs:eu-central-1:123456789012:log-group:/flows/{unique}",
        "iamRoleArn": ROLE,
        "maxAggregationInterval": 60,
        "tags": {"a": "b"},
    }


def test_a_flow_log_passes_the_lifecycle(lifecycle, inputs):
    def drift(api, made):
        api.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "a"}])

    made = lifecycle(FLOW_LOG, inputs, {**inputs, "tags": {"c": "d"}}, drift=drift)
    assert made.outputs["arn"].endswith(f":vpc-flow-log/{made.id}")
    assert made.outputs["logFormat"].startswith("${version}")


def test_other_traffic_replaces_a_flow_log_after_deleting_the_old_one(lifecycle, inputs):
    lifecycle(FLOW_LOG, inputs, {**inputs, "trafficType": "REJECT"}, expect_replace={"trafficType"})


def test_a_flow_log_to_a_bucket_keeps_inputs_that_moto_does_not_store(lifecycle, plugin, unique):
    bucket = f"flows-{unique}"
    plugin.api().client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    inputs = {
        "vpcId": network(plugin, unique).vpc_id,
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": f"arn:aws:s3:::{bucket}",
        "destinationOptions": {"fileFormat": "parquet", "perHourPartition": True},
    }
    lifecycle(FLOW_LOG, inputs)


def test_a_flow_log_to_a_missing_destination_is_refused(plugin, unique):
    inputs = {
        "vpcId": network(plugin, unique).vpc_id,
        "trafficType": "ALL",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::no-such-bucket-anywhere",
    }
    with pytest.raises(ProviderError, match="does not exist"):
        plugin.create(FLOW_LOG, unique, inputs)


def test_a_flow_log_deleted_outside_pulumi_reads_as_gone(plugin, inputs, unique):
    made = plugin.create(FLOW_LOG, unique, inputs)
    plugin.api().client("ec2").delete_flow_logs(FlowLogIds=[made.id])
    assert plugin.read(made) is None


def test_a_flow_log_without_a_subject_is_refused(plugin, inputs, unique):
    with pytest.raises(ProviderError, match="vpcId, subnetId"):
        plugin.create(FLOW_LOG, unique, {name: value for name, value in inputs.items() if name != "vpcId"})
