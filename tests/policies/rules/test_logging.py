"""Logging rules: what each lets pass, what it names, and where it cannot decide."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.log_fields import LEVELS
from codekeep_contracts.settings.governance import LoggingSettings

from components.observe.log_group import RETENTIONS
from policies.catalogue import catalogue
from policies.facts import Facts
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.rule import Case, Family, Finding, judge_all
from policies.rules.logging.log_group_retention import OFFERED
from policies.rules.logging.log_trail_alarms import WATCHED

PLAIN = Facts.of({"codekeep:allowedRegions": "eu-central-1"})
KEEP = Facts(
    tenant="acme",
    tier="dedicated",
    account_id="111122223333",
    primary_region="eu-central-1",
    allowed_regions=frozenset({"eu-central-1"}),
    retention_days={"log": 90, "audit": 400},
)
OPTED_IN = replace(
    KEEP, prompt_storage={"enabled": True, "redaction": True, "retention_days": 14, "approved_by": "Erika Mustermann"}
)
OWN = "arn:aws:kms:eu-central-1:111122223333:key/0a1b"
BUCKET, TRAIL, VPC = "aws:s3/bucket:Bucket", "aws:cloudtrail/trail:Trail", "aws:ec2/vpc:Vpc"
GROUP, STACK = "aws:cloudwatch/logGroup:LogGroup", "pulumi:pulumi:Stack"
DOMAIN, CONFIG_MAP = "aws:opensearch/domain:Domain", "kubernetes:core/v1:ConfigMap"
DEPLOYMENT, FUNCTION = "kubernetes:apps/v1:Deployment", "aws:lambda/function:Function"
CONTAINER = "spec.template.spec.containers[0]"


def node(type_: str, label: str = "it", /, *, outputs: dict[str, Any] | None = None, **inputs: Any) -> Node:
    urn = f"urn:pulumi:s::p::{type_}::{label}"
    return Node(
        urn=urn,
        type=type_,
        name=label,
        id=f"id-{label}",
        custom=type_ != STACK,
        inputs=inputs,
        outputs=outputs or {},
        region="eu-central-1",
    )


def judged(rule_id: str, *nodes: Node, facts: Facts = PLAIN) -> list[Finding]:
    rules = [rule for rule in catalogue() if rule.id == rule_id]
    assert len(rules) == 1, rule_id
    return judge_all(rules, Case(facts=facts, graph=ResourceGraph(project="p", stack="s", nodes=nodes)))


def told(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.urn.rpartition("::")[2], finding.property, finding.verdict.value) for finding in findings]


def pod(**container: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "engine", **container}]}}}}


def variable(name: str, value: str) -> dict[str, Any]:
    return pod(env=[{"name": name, "value": value}])


def settings(**logging: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "logging": {"bodies": False, "level": "info", "allowed_fields": ["timestamp", "route"], **logging},
    }


def publishing(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"logPublishingOptions": [{"logType": kind, "cloudwatchLogGroupArn": "arn", **more} for kind in kinds]}


CASES: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    (
        "log-bodies",
        DEPLOYMENT,
        pod(args=["serve", "--disable-log-requests", "--v=2"]),
        pod(args=["serve", "--enable-log-requests"]),
        f"{CONTAINER}.args[1]",
    ),
    (
        "log-bodies",
        DEPLOYMENT,
        variable("LOG_REQUEST_ID", "1"),
        variable("LOG_PROMPTS", "1"),
        f"{CONTAINER}.env[0].value",
    ),
    (
        "log-bodies",
        DEPLOYMENT,
        variable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false"),
        variable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"),
        f"{CONTAINER}.env[0].value",
    ),
    (
        "log-bodies",
        FUNCTION,
        {"environment": {"variables": {"ELASTIC_APM_CAPTURE_BODY": "off"}}},
        {"environment": {"variables": {"ELASTIC_APM_CAPTURE_BODY": "errors"}}},
        "environment.variables.ELASTIC_APM_CAPTURE_BODY",
    ),
    (
        "log-debug",
        DEPLOYMENT,
        variable("VLLM_LOGGING_LEVEL", "INFO"),
        variable("VLLM_LOGGING_LEVEL", "DEBUG"),
        f"{CONTAINER}.env[0].value",
    ),
    ("log-debug", DEPLOYMENT, variable("NCCL_DEBUG", "INFO"), variable("DEBUG", "*"), f"{CONTAINER}.env[0].value"),
    ("log-debug", CONFIG_MAP, {"data": {"LOG_LEVEL": "warning"}}, {"data": {"LOG_LEVEL": "trace"}}, "data.LOG_LEVEL"),
    (
        "log-debug",
        FUNCTION,
        {"loggingConfig": {"applicationLogLevel": "INFO"}},
        {"loggingConfig": {"applicationLogLevel": "TRACE"}},
        "loggingConfig.applicationLogLevel",
    ),
    (
        "log-runtime-settings",
        CONFIG_MAP,
        {"data": {"settings.json": json.dumps(settings())}},
        {"data": {"settings.json": json.dumps(settings(bodies=True))}},
        "data.settings.json|logging.bodies",
    ),
    (
        "log-runtime-settings",
        CONFIG_MAP,
        {"data": {"notes.txt": "logging: {level: ["}},
        {"data": {"s.yaml": "schema_version: 1\nlogging: {bodies: false, level: info, allowed_fields: [prompt]}"}},
        "data.s.yaml|logging.allowed_fields[0]",
    ),
    (
        "log-index-slow",
        DOMAIN,
        publishing("SEARCH_SLOW_LOGS", enabled=False),
        publishing("SEARCH_SLOW_LOGS"),
        "logPublishingOptions[0].logType",
    ),
    (
        "log-index-audit",
        DOMAIN,
        publishing("ES_APPLICATION_LOGS", "AUDIT_LOGS"),
        publishing("ES_APPLICATION_LOGS"),
        "logPublishingOptions",
    ),
    (
        "log-database-queries",
        "aws:rds/instance:Instance",
        {"enabledCloudwatchLogsExports": ["error"]},
        {"enabledCloudwatchLogsExports": ["error", "slowquery"]},
        "enabledCloudwatchLogsExports[1]",
    ),
    (
        "log-database-queries",
        "aws:rds/parameterGroup:ParameterGroup",
        {"parameters": [{"name": "log_statement", "value": "ddl"}]},
        {"parameters": [{"name": "log_statement", "value": "all"}]},
        "parameters[0].value",
    ),
    (
        "log-database-queries",
        "aws:rds/proxy:Proxy",
        {},
        {"debugLogging": True},
        "debugLogging",
    ),
    (
        "log-service-bodies",
        "aws:apigateway/methodSettings:MethodSettings",
        {"settings": {"loggingLevel": "ERROR"}},
        {"settings": {"dataTraceEnabled": True}},
        "settings.dataTraceEnabled",
    ),
    (
        "log-service-bodies",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        {},
        {"dataCaptureConfig": {"enableCapture": True}},
        "dataCaptureConfig.enableCapture",
    ),
    ("log-group-key", GROUP, {"kmsKeyId": OWN}, {}, "kmsKeyId"),
    ("log-group-retention", GROUP, {"retentionInDays": 30}, {"retentionInDays": 0}, "retentionInDays"),
    (
        "log-control-plane",
        "aws:eks/cluster:Cluster",
        {"enabledClusterLogTypes": ["api", "audit", "authenticator", "controllerManager", "scheduler"]},
        {"enabledClusterLogTypes": ["api", "audit"]},
        "enabledClusterLogTypes",
    ),
    (
        "log-trail",
        TRAIL,
        {"isMultiRegionTrail": True, "enableLogFileValidation": True, "kmsKeyId": OWN, "cloudWatchLogsGroupArn": "arn"},
        {"isMultiRegionTrail": True, "kmsKeyId": OWN, "cloudWatchLogsGroupArn": "arn"},
        "enableLogFileValidation",
    ),
]
COMPANIONS = {
    "log-settings-output",
    "log-prompt-storage",
    "log-data-protection",
    "log-vpc-flows",
    "log-dns-queries",
    "log-egress-firewall",
    "log-bucket-access",
    "log-detectors",
    "log-code-events",
    "log-trail-alarms",
}
"""Rules that need more than one resource; each has a test of its own below."""


@pytest.mark.parametrize(("rule", "type_", "good", "bad", "path"), CASES)
def test_one_passes_and_one_is_named(
    rule: str, type_: str, good: dict[str, Any], bad: dict[str, Any], path: str
) -> None:
    assert told(judged(rule, node(type_, "good", **good))) == []
    assert told(judged(rule, node(type_, "bad", **bad))) == [("bad", path, "violation")]


@pytest.mark.parametrize(
    ("rule", "type_", "inputs", "path"),
    [
        ("log-bodies", DEPLOYMENT, pod(args=UNKNOWN), f"{CONTAINER}.args"),
        ("log-bodies", DEPLOYMENT, pod(env=[{"name": "LOG_BODIES", "valueFrom": {}}]), f"{CONTAINER}.env[0].valueFrom"),
        ("log-debug", DEPLOYMENT, pod(env=[{"name": "LOG_LEVEL", "value": UNKNOWN}]), f"{CONTAINER}.env[0].value"),
        ("log-index-slow", DOMAIN, {"logPublishingOptions": UNKNOWN}, "logPublishingOptions"),
        ("log-index-audit", DOMAIN, {"logPublishingOptions": UNKNOWN}, "logPublishingOptions"),
        ("log-group-key", GROUP, {"kmsKeyId": UNKNOWN}, "kmsKeyId"),
        ("log-group-retention", GROUP, {"retentionInDays": UNKNOWN}, "retentionInDays"),
    ],
)
def test_what_is_not_known_is_undecided(rule: str, type_: str, inputs: dict[str, Any], path: str) -> None:
    assert told(judged(rule, node(type_, **inputs))) == [("it", path, "undecided")]


def test_every_rule_of_the_family_has_a_case() -> None:
    rules = {rule.id for rule in catalogue() if rule.family is Family.LOGGING}
    assert len(rules) >= 20
    assert rules == {case[0] for case in CASES} | COMPANIONS


def test_what_policies_know_of_the_settings_is_what_stacks_write() -> None:
    assert set(LoggingSettings.model_fields["level"].annotation.__args__) == set(LEVELS)
    assert OFFERED == RETENTIONS


def test_exported_settings_are_judged_and_unknown_ones_undecided() -> None:
    def exporting(document: Any) -> Node:
        return node(STACK, "stack", outputs={"runtimeSettings": document})

    assert told(judged("log-settings-output", exporting(settings()))) == []
    debug = exporting(settings(level="debug"))
    assert told(judged("log-settings-output", debug)) == [("stack", "runtimeSettings.logging.level", "violation")]
    assert {each[2] for each in told(judged("log-settings-output", exporting(UNKNOWN)))} == {"undecided"}
    assert told(judged("log-settings-output", node(STACK, "stack"))) == []


@pytest.mark.parametrize(
    ("data_class", "days", "verdicts"),
    [
        ("log", 90, []),
        ("log", 120, ["violation"]),
        ("audit", 400, []),
        ("audit", 365, ["violation"]),
        ("audit", 545, ["violation"]),
        ("config", 400, []),
    ],
)
def test_a_log_group_ends_when_its_class_does(data_class: str, days: int, verdicts: list[str]) -> None:
    group = node(GROUP, retentionInDays=days, tags={"codekeep:data-class": data_class})
    assert [each[2] for each in told(judged("log-group-retention", group, facts=KEEP))] == verdicts


def test_prompts_are_stored_as_agreed() -> None:
    lifecycle = node(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "rules",
        bucket="prompts",
        rules=[{"status": "Enabled", "expiration": {"days": 14}}],
    )
    bucket = node(BUCKET, "b", bucket="prompts")
    assert told(judged("log-prompt-storage", bucket, lifecycle, facts=OPTED_IN)) == []
    assert told(judged("log-prompt-storage", bucket, facts=OPTED_IN)) == [("b", "lifecycle", "violation")]
    assert told(judged("log-prompt-storage", bucket, lifecycle, facts=KEEP)) == [("b", "", "violation")]
    assert told(judged("log-prompt-storage", bucket, lifecycle)) == []  # a plain program: bounded, that is all we know


def test_settings_store_prompts_as_agreed() -> None:
    def storing(**prompts: Any) -> Node:
        document = {
            **settings(),
            "prompt_storage": {"enabled": True, "redaction": True, "retention_days": 14, **prompts},
        }
        return node(STACK, "stack", outputs={"runtimeSettings": document})

    good = storing(approved_by="Erika Mustermann")
    assert told(judged("log-prompt-storage", good, facts=OPTED_IN)) == []
    assert told(judged("log-prompt-storage", good, facts=KEEP)) == [
        ("stack", "runtimeSettings.prompt_storage.enabled", "violation")
    ]
    assert told(judged("log-prompt-storage", storing(), facts=OPTED_IN)) == [
        ("stack", "runtimeSettings.prompt_storage.approved_by", "violation")
    ]


def test_program_logs_mask_credentials() -> None:
    group = node(GROUP, "g", name="/aws/lambda/hook")
    names = ("AwsSecretKey", "OpenSshPrivateKey", "PkcsPrivateKey")

    def masking(operation: str, *identifiers: str) -> Node:
        arns = [f"arn:aws:dataprotection::aws:data-identifier/{each}" for each in identifiers]
        statement = {"DataIdentifier": arns, "Operation": {operation: {"MaskConfig": {}}}}
        return node(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
            "mask",
            logGroupName="/aws/lambda/hook",
            policyDocument=json.dumps({"Statement": [statement]}),
        )

    assert told(judged("log-data-protection", group, masking("Deidentify", *names))) == []
    assert told(judged("log-data-protection", group, masking("Audit", *names))) == [("g", "name", "violation")]
    assert told(judged("log-data-protection", group, masking("Deidentify", *names[:2]))) == [("g", "name", "violation")]
    assert told(judged("log-data-protection", group)) == [("g", "name", "violation")]
    assert told(judged("log-data-protection", node(GROUP, "trail", name="/codekeep/acme/trail"))) == []


def test_networks_log_flows_and_queries() -> None:
    vpc = node(VPC, "vpc")
    flows = node("aws:ec2/flowLog:FlowLog", "flows", vpcId="id-vpc", trafficType="ALL")
    queries = node(
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", "dns", resourceId="id-vpc"
    )
    assert told(judged("log-vpc-flows", vpc, flows)) == []
    assert told(judged("log-vpc-flows", vpc)) == [("vpc", "", "violation")]
    rejected = replace(flows, inputs={"vpcId": "id-vpc", "trafficType": "REJECT"})
    assert told(judged("log-vpc-flows", vpc, rejected)) == [("flows", "trafficType", "violation")]
    assert told(judged("log-dns-queries", vpc, queries)) == []
    assert told(judged("log-dns-queries", vpc)) == [("vpc", "", "violation")]
    assert told(judged("log-dns-queries", replace(vpc, options={"external": True}))) == []


def test_the_firewall_logs_its_alerts() -> None:
    firewall = node("aws:networkfirewall/firewall:Firewall", "fw")

    def logging(*kinds: str) -> Node:
        configs = {"logDestinationConfigs": [{"logType": kind} for kind in kinds]}
        token = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
        return node(token, "l", firewallArn="id-fw", loggingConfiguration=configs)

    assert told(judged("log-egress-firewall", firewall, logging("ALERT", "FLOW"))) == []
    path = "loggingConfiguration.logDestinationConfigs"
    assert told(judged("log-egress-firewall", firewall, logging("FLOW"))) == [("fw", path, "violation")]


def test_buckets_log_their_access_but_for_the_one_that_takes_the_logs() -> None:
    data, logs = node(BUCKET, "data", bucket="data"), node(BUCKET, "logs", bucket="logs")
    logging = node("aws:s3/bucketLogging:BucketLogging", "l", bucket="data", targetBucket="logs")
    assert told(judged("log-bucket-access", data, logs, logging)) == []
    assert told(judged("log-bucket-access", data)) == [("data", "logging", "violation")]


def test_detectors_watch_what_the_stack_has() -> None:
    detector = node("aws:guardduty/detector:Detector", "d")
    cluster = node("aws:eks/cluster:Cluster", "c")
    features = [
        node("aws:guardduty/detectorFeature:DetectorFeature", name, detectorId="id-d", name=name, status="ENABLED")
        for name in ("EKS_AUDIT_LOGS", "RUNTIME_MONITORING")
    ]
    assert told(judged("log-detectors", detector, cluster, *features, facts=KEEP)) == []
    assert told(judged("log-detectors", detector, cluster, features[0], facts=KEEP)) == [("d", "", "violation")]
    assert told(judged("log-detectors", cluster, facts=KEEP)) == [("c", "", "violation")]
    assert told(judged("log-detectors", cluster, facts=replace(KEEP, has_detectors=True))) == []
    assert told(judged("log-detectors", cluster)) == []  # a plain program: the account may have one


def _selecting(prefixes: list[str] | None, **more: Any) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
    ]
    if prefixes is not None:
        fields.append({"field": "resources.ARN", "startsWiths": prefixes, **more})
    return {"advancedEventSelectors": [{"fieldSelectors": fields}]}


@pytest.mark.parametrize(
    ("selectors", "verdicts"),
    [
        (_selecting(None), []),
        (_selecting(["arn:aws:s3:::co"]), []),
        (_selecting(["arn:aws:s3:::other/"]), ["violation"]),
        (_selecting(["arn:aws:s3:::"], notStartsWiths=["arn:aws:s3:::code/"]), ["violation"]),
        ({"eventSelectors": [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]}, []),
        (
            {
                "eventSelectors": [
                    {
                        "readWriteType": "WriteOnly",
                        "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::code/"]}],
                    }
                ]
            },
            ["violation"],
        ),
        ({}, ["violation"]),
        ({"advancedEventSelectors": UNKNOWN}, ["undecided"]),
    ],
)
def test_reads_and_writes_of_code_are_recorded(selectors: dict[str, Any], verdicts: list[str]) -> None:
    bucket = node(BUCKET, "code", bucket="code", tags={"codekeep:data-class": "code"})
    findings = told(judged("log-code-events", bucket, node(TRAIL, "trail", **selectors), facts=KEEP))
    assert findings == [("code", "", verdict) for verdict in verdicts]


def test_a_missing_trail_is_a_violation_only_of_a_keep_that_owns_its_account() -> None:
    bucket = node(BUCKET, "code", bucket="code")
    assert told(judged("log-code-events", bucket, facts=KEEP)) == [("code", "", "violation")]
    assert told(judged("log-code-events", bucket, facts=replace(KEEP, tier="pooled"))) == []
    assert told(judged("log-code-events", bucket)) == []


def test_stopping_the_trail_raises_an_alarm() -> None:
    trail = node(TRAIL, "trail", cloudWatchLogsGroupArn="id-group")
    group = node(GROUP, "group", name="trail")

    def filtering(*names: str) -> Node:
        pattern = " || ".join(f'($.eventName = "{name}")' for name in names)
        metric = {"namespace": "n", "name": "m"}
        token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
        return node(token, "f", logGroupName="id-group", pattern=f"{{ {pattern} }}", metricTransformation=metric)

    every = filtering(*(name for names in WATCHED.values() for name in names))
    alarm = node("aws:cloudwatch/metricAlarm:MetricAlarm", "a", namespace="n", metricName="m", alarmActions=["arn"])
    assert told(judged("log-trail-alarms", trail, group, every, alarm)) == []
    silent = replace(alarm, inputs={**alarm.inputs, "alarmActions": []})
    assert told(judged("log-trail-alarms", trail, group, every, silent)) == [("trail", "", "violation")] * 5
    for missing in WATCHED:
        some = filtering(*(name for what, names in WATCHED.items() for name in names if what != missing))
        assert told(judged("log-trail-alarms", trail, group, some, alarm)) == [("trail", "", "violation")]
    assert told(judged("log-trail-alarms", node(TRAIL, "trail"))) == [("trail", "cloudWatchLogsGroupArn", "violation")]
