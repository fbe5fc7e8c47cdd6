"""The trail, detections and analyzers."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.roles import BucketRole

from awsread.iam import Decision, Request, decide
from components.existing import Existing
from components.keep.tenant import TenantEnvironment
from components.naming import DataClass, Keep
from components.observe.account_detectors import AccountDetectorsArgs
from components.observe.audit import AuditArgs
from components.observe.detections import PATTERN_MAX, Detection, detections
from components.observe.detector import FEATURES
from tests.components.environments import dedicated, premium, premium_args, shared
from tests.components.recording import ACCOUNT, Node, Recording, record

TRAIL = "aws:cloudtrail/trail:Trail"


def test_management_events_have_the_name_that_aws_gives_them() -> None:
    """The console's and the guide's name, by which scanners (Prowler 5.46) find the selector."""
    names = [each["name"] for each in dedicated().one(TRAIL).inputs["advancedEventSelectors"]]
    assert names[0] == "Management events selector"


def selectors(trail: Node) -> list[dict[str, list[str]]]:
    """Each selector as field -> values; a field starts with ! if its values are excluded."""
    found = []
    for selector in trail.inputs["advancedEventSelectors"]:
        fields: dict[str, list[str]] = {}
        for each in selector["fieldSelectors"]:
            fields[each["field"]] = each.get("equals") or each.get("startsWiths") or []
            if each.get("notStartsWiths"):
                fields["!" + each["field"]] = each["notStartsWiths"]
        found.append(fields)
    return found


def data(trail: Node) -> dict[str, list[str]]:
    return next(each for each in selectors(trail) if each["eventCategory"] == ["Data"])


def test_the_trail_is_encrypted_validated_and_covers_all_regions() -> None:
    recording = dedicated()
    inputs = recording.one(TRAIL).inputs
    assert inputs["name"] == "codekeep-acme"
    assert inputs["enableLogging"] is True
    assert inputs["enableLogFileValidation"] is True
    assert inputs["isMultiRegionTrail"] is True
    assert inputs["includeGlobalServiceEvents"] is True
    assert inputs["kmsKeyId"] == recording.one("aws:kms/key:Key", "acme-key-audit").outputs["arn"]
    assert inputs["s3BucketName"] == f"codekeep-acme-audit-{ACCOUNT}-eu-central-1"


def test_the_trail_is_created_after_the_policies_that_allow_it_to_write() -> None:
    recording = dedicated()
    trail = recording.one(TRAIL)
    assert recording.depends_on(trail, recording.one("aws:s3/bucketPolicy:BucketPolicy", "acme-bucket-audit"))
    assert recording.depends_on(trail, recording.one("aws:iam/rolePolicy:RolePolicy", "acme-audit"))


def test_cloudtrail_assumes_its_role_without_a_source() -> None:
    """CloudTrail User Guide: aws:SourceArn and aws:SourceAccount are not supported for CloudWatch Logs monitoring."""
    trust = dedicated().one("aws:iam/role:Role", "acme-audit").policy("assumeRolePolicy")
    assert decide(trust, Request(principal="cloudtrail.amazonaws.com", action="sts:AssumeRole")) is Decision.ALLOW
    assert decide(trust, Request(principal="es.amazonaws.com", action="sts:AssumeRole")) is Decision.NONE


def test_access_to_customer_objects_is_recorded_and_access_to_records_is_not() -> None:
    prefixes = data(dedicated().one(TRAIL))["resources.ARN"]
    watched = {role.value for role in BucketRole} - {"audit", "access-logs", "prompts"}
    assert set(prefixes) == {f"arn:aws:s3:::codekeep-acme-{role}-{ACCOUNT}-eu-central-1/" for role in watched}
    assert any("-prompts-" in prefix for prefix in data(premium().one(TRAIL))["resources.ARN"])


def test_a_platforms_trail_covers_its_keeps_but_not_itself() -> None:
    trail = shared().one(TRAIL)
    assert data(trail)["resources.ARN"] == ["arn:aws:s3:::codekeep-"]
    assert set(data(trail)["!resources.ARN"]) == {
        f"arn:aws:s3:::codekeep-platform-euc1-{role}-{ACCOUNT}-eu-central-1" for role in ("audit", "access-logs")
    }


def test_refusals_by_the_keeps_endpoints_are_recorded() -> None:
    sources = {
        each["eventSource"][0]
        for each in selectors(dedicated().one(TRAIL))
        if each["eventCategory"] == ["NetworkActivity"] and each["errorCode"] == ["VpceAccessDenied"]
    }
    assert sources == {"ec2.amazonaws.com", "kms.amazonaws.com", "s3.amazonaws.com", "secretsmanager.amazonaws.com"}


@pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
def test_every_detection_raises_an_alarm(environment: Any, keep: Keep) -> None:
    recording: Recording[Any] = environment()
    filters = recording.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    assert len(filters) == len(detections(keep, ("eu-central-1",))) == 16
    alarms = {
        (node.inputs.get("namespace"), node.inputs.get("metricName")): node
        for node in recording.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    }
    for node in filters:
        made = node.inputs["metricTransformation"]
        alarm = alarms[made["namespace"], made["name"]]
        assert alarm.inputs["alarmActions"], alarm.name


def test_a_change_outside_the_allowed_regions_is_a_detection(keep: Keep) -> None:
    [region] = [each for each in detections(keep, ("eu-central-1", "eu-west-1")) if each.label == "region"]
    for place in ("eu-central-1", "eu-west-1", "us-east-1"):
        assert f'($.awsRegion != "{place}")' in region.pattern
    assert all(each.pattern.count("(") == each.pattern.count(")") for each in detections(keep, ("eu-central-1",)))


CIS: Mapping[str, str] = {  # CIS AWS Foundations 3.0, section 4: recommendation → a call or field that it names
    "4.1": "AccessDenied*",
    "4.2": "additionalEventData.MFAUsed",
    "4.3": "Root",
    "4.4": "AttachRolePolicy",
    "4.5": "StopLogging",
    "4.6": "Failed authentication",
    "4.7": "ScheduleKeyDeletion",
    "4.8": "PutBucketPolicy",
    "4.9": "StopConfigurationRecorder",
    "4.10": "AuthorizeSecurityGroupIngress",
    "4.11": "ReplaceNetworkAclEntry",
    "4.12": "CreateCustomerGateway",
    "4.13": "ReplaceRouteTableAssociation",
    "4.14": "ModifyVpcAttribute",
    "4.15": "RemoveAccountFromOrganization",
}


@pytest.mark.parametrize("recommendation", CIS)
def test_each_recommendation_of_cis_on_monitoring_has_one_detection(recommendation: str, keep: Keep) -> None:
    found = [each.label for each in detections(keep, ("eu-central-1",)) if f'"{CIS[recommendation]}"' in each.pattern]
    found += [each.label for each in detections(keep, ("eu-central-1",)) if f"$.{CIS[recommendation]} " in each.pattern]
    assert len(found) == 1, found


def test_patterns_fit_with_the_longest_name_of_a_deployer(keep: Keep) -> None:
    longest = replace(keep, deployer_role_arn=f"arn:aws:iam::{ACCOUNT}:role/{'p' * 400}/{'d' * 64}")
    sizes = [len(each.pattern) for each in detections(longest, ("eu-central-1", "eu-west-1"))]
    assert 500 < max(sizes) <= PATTERN_MAX
    with pytest.raises(ValueError, match="at most 1024 characters, got 1025"):
        Detection(label="long", pattern="x" * 1025, remedy="")


def test_only_changes_that_up_makes_are_left_to_the_deployer(keep: Keep) -> None:
    """A record without an issuer, of a user or the root, must pass: there `!=` alone is false."""
    name = keep.deployer_role_arn.rpartition("/")[2]
    spared = {each.label for each in detections(keep, ("eu-central-1",)) if f'!= "{name}"' in each.pattern}
    assert spared == {"acls", "routes", "networks", "groups", "policies", "buckets"}
    for each in detections(keep, ("eu-central-1",)):
        assert ("sessionIssuer.userName NOT EXISTS) ||" in each.pattern) is (each.label in spared)


def test_two_keeps_of_one_account_share_no_name_of_a_detection(keep: Keep) -> None:
    recording = dedicated()
    names = [
        node.inputs["name"]
        for kind in ("logMetricFilter:LogMetricFilter", "metricAlarm:MetricAlarm")
        for node in recording.of_type(f"aws:cloudwatch/{kind}")
        if node.name.startswith("acme-audit-detection")
    ]
    assert len(names) == 32
    assert all(name.startswith(f"codekeep-{keep.tenant}-trail-") for name in names)


def test_findings_of_awss_detectors_reach_the_topic() -> None:
    recording = dedicated()
    detector = recording.one("aws:guardduty/detector:Detector")
    assert detector.inputs["enable"] is True
    features = recording.of_type("aws:guardduty/detectorFeature:DetectorFeature")
    assert {node.inputs["name"] for node in features} == set(FEATURES)
    assert {node.inputs["status"] for node in features} == {"ENABLED"}
    assert "EBS_MALWARE_PROTECTION" not in FEATURES  # it would copy code out of the account
    assert recording.one("aws:accessanalyzer/analyzer:Analyzer").inputs["type"] == "ACCOUNT"
    topic = recording.one("aws:sns/topic:Topic").outputs["arn"]
    for label in ("guardduty", "access-analyzer"):
        rule = recording.one("aws:cloudwatch/eventRule:EventRule", f"acme-detectors-{label}")
        assert json.loads(rule.inputs["eventPattern"])["source"] == [f"aws.{label}"]
        target = recording.one("aws:cloudwatch/eventTarget:EventTarget", f"acme-detectors-{label}")
        assert target.inputs["arn"] == topic


def test_findings_of_an_accounts_own_detectors_reach_the_topic_too() -> None:
    """What exists is not made again, and one region's analyzer says nothing of the other's."""
    analyzer = "arn:aws:access-analyzer:eu-central-1:222233334444:analyzer/console"
    existing = Existing(detectors={"eu-central-1": "d1"}, analyzers={"eu-central-1": analyzer})
    args = replace(premium_args(), existing=existing)
    recording = record(lambda: TenantEnvironment("acme", args))
    assert not recording.of_type("aws:guardduty/detector:Detector")
    assert not recording.of_type("aws:guardduty/detectorFeature:DetectorFeature")
    assert recording.names("aws:accessanalyzer/analyzer:Analyzer") == {"acme-detectors-eu-west-1"}
    rules = recording.names("aws:cloudwatch/eventRule:EventRule")
    assert {"acme-detectors-guardduty", "acme-detectors-access-analyzer"} <= rules
    [found] = [each for each in recording.components if each.name == "acme-detectors"]
    outputs = recording.component_outputs[found.urn]
    assert outputs["detectorId"] == "d1"
    assert outputs["analyzerArn"].endswith("analyzer/acme-detectors-adopted")  # as the recorder answers a read


def test_the_recovery_region_has_its_own_analyzer() -> None:
    analyzers = premium().of_type("aws:accessanalyzer/analyzer:Analyzer")
    assert [node.inputs.get("region") for node in analyzers] == [None, "eu-west-1"]
    assert [node.inputs["tags"]["codekeep:region"] for node in analyzers] == ["eu-central-1", "eu-west-1"]
    with pytest.raises(ValueError, match="own region eu-central-1"):
        AccountDetectorsArgs(keep=premium_args().keep, topic_arn="arn", other_regions=("eu-central-1",))


def test_an_account_with_one_keep_encrypts_every_volume() -> None:
    recording = premium()
    here = recording.one("aws:ebs/encryptionByDefault:EncryptionByDefault", "acme-account")
    assert here.inputs["enabled"] is True
    assert not dedicated().of_type("aws:ebs/encryptionByDefault:EncryptionByDefault")


def test_an_account_with_one_keep_scans_every_image_that_is_pushed() -> None:
    """In both registries: images get into the second by replication."""
    found = premium().of_type("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
    assert [node.inputs.get("region") for node in found] == [None, "eu-west-1"]
    for node in found:
        [rule] = node.inputs["rules"]
        assert rule["scanFrequency"] == "SCAN_ON_PUSH"
        assert rule["repositoryFilters"] == [{"filter": "*", "filterType": "WILDCARD"}]
    assert not dedicated().of_type("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")


def test_wrong_args_are_refused(keep: Keep) -> None:
    bucket = dedicated().result.outputs.buckets[BucketRole.AUDIT]
    all_args: dict[str, Any] = {
        "keep": keep,
        "bucket": bucket,
        "key_arn": "k",
        "topic_arn": "t",
        "retention_days": 400,
        "object_arn_prefixes": ["a"],
        "allowed_regions": ("eu-central-1",),
    }
    with pytest.raises(ValueError, match="object_arn_prefixes"):
        AuditArgs(**{**all_args, "object_arn_prefixes": []})
    with pytest.raises(ValueError, match="must include eu-central-1"):
        AuditArgs(**{**all_args, "allowed_regions": ("eu-west-1",)})
    assert bucket.data_class is DataClass.AUDIT
