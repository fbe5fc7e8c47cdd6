"""Log groups: retention, name and key."""

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.naming import DataClass, Keep
from components.observe.log_group import RETENTIONS, log_group, log_group_name, log_retention_days
from tests.components.recording import record


@given(st.integers(1, 4000))
def test_logs_are_kept_no_longer_than_the_retention(days: int) -> None:
    kept = log_retention_days(days)
    assert kept in RETENTIONS
    assert kept <= days
    assert not [each for each in RETENTIONS if kept < each <= days]


def test_a_retention_below_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 1 day or more, got 0"):
        log_retention_days(0)


def test_a_log_group_has_the_keeps_path_and_key(keep: Keep) -> None:
    def program() -> None:
        log_group(
            keep, "gateway", "audit", key_arn="arn:k", retention_days=100, opts=pulumi.ResourceOptions(),
            data_class=DataClass.AUDIT,
        )  # fmt: skip
        log_group(
            keep, "eks", key_arn="arn:k", retention_days=1, opts=pulumi.ResourceOptions(), name="/aws/eks/x/cluster"
        )

    recording = record(program)
    node = recording.one("aws:cloudwatch/logGroup:LogGroup", "acme-logs-gateway-audit")
    assert node.inputs["name"] == log_group_name(keep, "gateway", "audit") == "/codekeep/acme/gateway/audit"
    assert node.inputs["kmsKeyId"] == "arn:k"
    assert node.inputs["retentionInDays"] == 90
    assert node.tags["codekeep:data-class"] == "audit"
    assert recording.one("aws:cloudwatch/logGroup:LogGroup", "acme-logs-eks").inputs["name"] == "/aws/eks/x/cluster"
