"""GuardDuty through the provider."""

import pytest

from tests.sandbox.aws.harness import Plugin, ProviderError

DETECTOR = "aws:guardduty/detector:Detector"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"


def test_a_detector_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        DETECTOR,
        {"findingPublishingFrequency": "ONE_HOUR", "tags": {"a": "b"}},
        {"findingPublishingFrequency": "FIFTEEN_MINUTES", "enable": False, "tags": {"c": "d"}},
        drift=lambda api, made: api.client("guardduty").update_detector(DetectorId=made.id, Enable=False),
        unreadable={"tags"},
    )
    assert made.outputs["accountId"] == "123456789012"
    assert made.outputs["arn"] == f"arn:aws:guardduty:eu-central-1:123456789012:detector/{made.id}"


def test_features_show_as_data_sources_too(sandbox_environment, unique):
    plugin = Plugin(region="eu-west-3")
    detector = plugin.create(DETECTOR, unique, {})

    def sources():
        found = plugin.api().client("guardduty").get_detector(DetectorId=detector.id)["DataSources"]
        return found["S3Logs"]["Status"], found["Kubernetes"]["AuditLogs"]["Status"]

    assert sources() == ("DISABLED", "DISABLED")
    for name in ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS"):
        plugin.create(FEATURE, f"{unique}-{name}", {"detectorId": detector.id, "name": name, "status": "ENABLED"})
    assert sources() == ("ENABLED", "ENABLED")
    plugin.delete(detector)


def test_features_of_one_detector_are_independent(sandbox_environment, unique):
    plugin = Plugin(region="eu-north-1")
    detector = plugin.create(DETECTOR, unique, {})
    with pytest.raises(ProviderError, match="already exists"):
        plugin.create(DETECTOR, f"{unique}b", {})

    agent = {"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}
    runtime = {"detectorId": detector.id, "name": "RUNTIME_MONITORING", "status": "ENABLED"}
    audit = {"detectorId": detector.id, "name": "EKS_AUDIT_LOGS", "status": "ENABLED"}
    first = plugin.create(FEATURE, f"{unique}r", {**runtime, "additionalConfigurations": [agent]})
    second = plugin.create(FEATURE, f"{unique}a", audit)
    assert not plugin.diff(plugin.read(first), {**runtime, "additionalConfigurations": [agent]}).changes
    assert first.id == f"{detector.id}/RUNTIME_MONITORING"

    off = {**audit, "status": "DISABLED"}
    assert plugin.diff(second, off).replaces == []
    second = plugin.update(second, off)
    assert not plugin.diff(plugin.read(second), off).changes
    assert plugin.diff(second, {**off, "name": "S3_DATA_EVENTS"}).replaces == ["name"]
    plugin.delete(second)
    plugin.delete(detector)
    assert plugin.read(first) is None
