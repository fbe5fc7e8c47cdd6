"""Log groups, metric filters, resource and data protection policies, through the provider."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError, ProviderError

GROUP = "aws:cloudwatch/logGroup:LogGroup"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


@pytest.fixture
def key(plugin):
    """Makes keys that CloudWatch Logs may use, as it checks."""
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
        for principal in (
            {"AWS": "arn:aws:iam::123456789012:root"},
            {"Service": "logs.eu-central-1.amazonaws.com"},
        )
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return lambda: plugin.api().client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]


def test_a_log_group_passes_the_lifecycle(lifecycle, key):
    made = lifecycle(
        GROUP,
        {"retentionInDays": 30, "kmsKeyId": key(), "tags": {"a": "b", "c": "d"}},
        {"retentionInDays": 365, "kmsKeyId": key(), "tags": {"a": "e"}},
        drift=lambda api, made: api.client("logs").put_retention_policy(logGroupName=made.id, retentionInDays=7),
    )
    assert made.outputs["arn"] == f"arn:aws:logs:eu-central-1:123456789012:log-group:{made.id}"
    assert made.outputs["tagsAll"] == {"a": "b", "c": "d"}


def test_key_and_retention_can_be_removed_from_a_group(lifecycle, key):
    lifecycle(GROUP, {"retentionInDays": 30, "kmsKeyId": key()}, {})


def test_a_group_with_an_explicit_name_is_deleted_before_its_replacement(plugin, lifecycle, unique):
    lifecycle(GROUP, {"name": f"/keep/{unique}/a"}, {"name": f"/keep/{unique}/b"}, expect_replace={"name"})
    made = plugin.create(GROUP, f"{unique}z", {"name": f"/keep/{unique}/z"})
    found = plugin.diff(made, {"name": f"/keep/{unique}/z", "logGroupClass": "INFREQUENT_ACCESS"})
    assert found.replaces == ["logGroupClass"]
    assert found.delete_before_replace


def test_a_name_prefix_is_completed(plugin, unique):
    inputs = plugin.check(GROUP, unique, {"namePrefix": "audit-"})
    assert inputs["name"].startswith("audit-")
    assert len(inputs["name"]) == len("audit-") + 26


def test_an_unknown_retention_is_refused(plugin, unique):
    with pytest.raises(CheckError, match="got 42") as error:
        plugin.check(GROUP, unique, {"retentionInDays": 42})
    assert error.value.failures[0][0] == "retentionInDays"


def test_a_protected_group_is_not_deleted(plugin, unique):
    made = plugin.create(GROUP, unique, {"deletionProtectionEnabled": True})
    with pytest.raises(ProviderError, match="protected"):
        plugin.delete(made)
    assert plugin.read(made) is not None


def test_a_group_with_skip_destroy_is_not_deleted(plugin, unique):
    made = plugin.create(GROUP, unique, {"skipDestroy": True})
    plugin.delete(made)
    assert plugin.read(made) is not None


def test_a_metric_filter_passes_the_lifecycle(plugin, lifecycle, unique):
    group = plugin.create(GROUP, f"{unique}-group", {})
    base = {"logGroupName": group.id, "pattern": "{ $.errorCode = AccessDenied* }"}
    transformation = {"name": "Denied", "namespace": "Keep", "value": "1", "defaultValue": "0"}
    lifecycle(
        FILTER,
        {**base, "metricTransformation": transformation},
        {**base, "pattern": "ERROR", "metricTransformation": {**transformation, "value": "2"}},
        importable=False,
        drift=lambda api, made: api.client("logs").put_metric_filter(
            logGroupName=group.id,
            filterName=made.id,
            filterPattern="other",
            metricTransformations=[{"metricName": "Denied", "metricNamespace": "Keep", "metricValue": "1"}],
        ),
    )
    made = plugin.create(FILTER, f"{unique}-import", {**base, "metricTransformation": transformation})
    imported = plugin.import_(FILTER, f"{unique}-import", f"{group.id}:{made.id}")
    assert imported.id == made.id
    assert not plugin.diff(imported, {**base, "metricTransformation": transformation}).changes


def test_a_resource_policy_passes_the_lifecycle(lifecycle, unique):
    def policy(service):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "logs:PutLogEvents",
            "Resource": "*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    lifecycle(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyName": unique, "policyDocument": policy("route53.amazonaws.com")},
        {"policyName": unique, "policyDocument": policy("es.amazonaws.com")},
        drift=lambda api, made: api.client("logs").put_resource_policy(
            policyName=made.id, policyDocument=policy("events.amazonaws.com")
        ),
    )


def test_a_data_protection_policy_passes_the_lifecycle_and_is_deleted_with_its_group(plugin, lifecycle, unique):
    token = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
    group = plugin.create(GROUP, f"{unique}-group", {})

    def policy(name):
        return json.dumps({"Name": name, "Version": "2021-06-01", "Statement": []})

    lifecycle(
        token,
        {"logGroupName": group.id, "policyDocument": policy("a")},
        {"logGroupName": group.id, "policyDocument": policy("b")},
    )
    made = plugin.create(token, unique, {"logGroupName": group.id, "policyDocument": policy("a")})
    plugin.delete(group)
    assert plugin.read(made) is None
    with pytest.raises(ProviderError, match="ResourceNotFoundException"):
        plugin.create(token, unique, {"logGroupName": group.id, "policyDocument": policy("a")})
