"""Encryption rules: what each lets pass, what it names, and where it cannot decide."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.environments import ELSEWHERE, settings_of
from policies.facts import Facts
from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.rule import Case, Family, Finding, Verdict, judge_all

FACTS = Facts.of({"codekeep:allowedRegions": "eu-central-1"})
OWN = "arn:aws:kms:eu-central-1:111122223333:key/0a1b"
MANAGED = "alias/aws/service"
BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
TEMPLATE, LISTENER = "aws:ec2/launchTemplate:LaunchTemplate", "aws:lb/listener:Listener"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def node(type_: str, name: str = "it", **inputs: Any) -> Node:
    return Node(urn=f"urn:pulumi:s::p::{type_}::{name}", type=type_, name=name, inputs=inputs, region="eu-central-1")


def judged(rule_id: str, *nodes: Node, facts: Facts = FACTS) -> list[Finding]:
    rules = [rule for rule in catalogue() if rule.id == rule_id]
    assert len(rules) == 1, rule_id
    graph = ResourceGraph(project="p", stack="s", nodes=nodes)
    return judge_all(rules, Case(facts=facts, graph=graph))


def told(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.urn.rpartition("::")[2], finding.property, finding.verdict.value) for finding in findings]


def volume(**ebs: Any) -> dict[str, Any]:
    return {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": ebs}]}


def pod(**container: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "c", **container}]}}}}


CASES: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("key-rotation", "aws:kms/key:Key", {"enableKeyRotation": True}, {}, "enableKeyRotation"),
    ("key-deletion-window", "aws:kms/key:Key", {}, {"deletionWindowInDays": 7}, "deletionWindowInDays"),
    ("cmk-messages", "aws:sqs/queue:Queue", {"kmsMasterKeyId": OWN}, {"kmsMasterKeyId": MANAGED}, "kmsMasterKeyId"),
    ("cmk-messages", "aws:sns/topic:Topic", {"kmsMasterKeyId": OWN}, {}, "kmsMasterKeyId"),
    (
        "cmk-databases",
        "aws:rds/instance:Instance",
        {"storageEncrypted": True, "kmsKeyId": OWN},
        {"kmsKeyId": OWN},
        "storageEncrypted",
    ),
    (
        "cmk-databases",
        "aws:dynamodb/table:Table",
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": OWN}},
        {"serverSideEncryption": {"enabled": True}},
        "serverSideEncryption.kmsKeyArn",
    ),
    (
        "cmk-files",
        "aws:efs/fileSystem:FileSystem",
        {"encrypted": True, "kmsKeyId": OWN},
        {"encrypted": True},
        "kmsKeyId",
    ),
    ("cmk-backups", "aws:backup/vault:Vault", {"kmsKeyArn": OWN}, {}, "kmsKeyArn"),
    (
        "cmk-firewalls",
        "aws:networkfirewall/ruleGroup:RuleGroup",
        {"encryptionConfiguration": {"type": "CUSTOMER_KMS", "keyId": OWN}},
        {"encryptionConfiguration": {"type": "AWS_OWNED_KMS_KEY", "keyId": OWN}},
        "encryptionConfiguration.type",
    ),
    (
        "cmk-images",
        "aws:ecr/repository:Repository",
        {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": OWN}]},
        {"encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": OWN}]},
        "encryptionConfigurations[0].encryptionType",
    ),
    (
        "cmk-secrets",
        "aws:secretsmanager/secret:Secret",
        {"kmsKeyId": OWN, "replicas": [{"region": "eu-west-1", "kmsKeyId": OWN}]},
        {"kmsKeyId": OWN, "replicas": [{"region": "eu-west-1"}]},
        "replicas[0].kmsKeyId",
    ),
    ("cmk-secrets", "aws:ssm/parameter:Parameter", {"type": "String"}, {"type": "SecureString"}, "keyId"),
    (
        "cmk-index",
        "aws:opensearch/domain:Domain",
        {"encryptAtRest": {"enabled": True, "kmsKeyId": OWN}},
        {"encryptAtRest": {"enabled": False, "kmsKeyId": OWN}},
        "encryptAtRest.enabled",
    ),
    (
        "cmk-volumes",
        TEMPLATE,
        volume(encrypted="true", kmsKeyId=OWN),
        volume(encrypted="true"),
        "blockDeviceMappings[0].ebs.kmsKeyId",
    ),
    (
        "cmk-volumes",
        TEMPLATE,
        volume(encrypted="true", kmsKeyId=OWN),
        {"blockDeviceMappings": [{"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}]},
        "blockDeviceMappings",
    ),
    (
        "cmk-volumes",
        "aws:ec2/instance:Instance",
        {"launchTemplate": {"id": "lt-1"}},
        {"rootBlockDevice": {"encrypted": False, "kmsKeyId": OWN}},
        "rootBlockDevice.encrypted",
    ),
    (
        "cluster-secrets",
        "aws:eks/cluster:Cluster",
        {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": OWN}}},
        {"encryptionConfig": {"resources": [], "provider": {"keyArn": OWN}}},
        "encryptionConfig.resources",
    ),
    (
        "tls-index",
        "aws:opensearch/domain:Domain",
        {
            "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
            "nodeToNodeEncryption": {"enabled": True},
        },
        {
            "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
            "nodeToNodeEncryption": {"enabled": True},
        },
        "domainEndpointOptions.tlsSecurityPolicy",
    ),
    (
        "tls-listeners",
        LISTENER,
        {"protocol": "HTTPS", "port": 443, "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"protocol": "HTTPS", "port": 443},
        "sslPolicy",
    ),
    (
        "tls-listeners",
        LISTENER,
        {"protocol": "HTTP", "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}]},
        {"protocol": "HTTP", "defaultActions": [{"type": "forward"}]},
        "protocol",
    ),
    ("tls-listeners", LISTENER, {"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 80}, "port"),
    (
        "tls-targets",
        "aws:lb/targetGroup:TargetGroup",
        {"protocol": "HTTPS", "port": 8443, "healthCheck": {"protocol": "HTTPS"}},
        {"protocol": "HTTPS", "port": 8443, "healthCheck": {"protocol": "HTTP"}},
        "healthCheck.protocol",
    ),
    (
        "tls-databases",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {"transitEncryptionEnabled": True},
        {},
        "transitEncryptionEnabled",
    ),
    (
        "tls-databases",
        "aws:rds/parameterGroup:ParameterGroup",
        {"parameters": [{"name": "rds.force_ssl", "value": "1"}, {"name": "work_mem", "value": "0"}]},
        {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
        "parameters[0].value",
    ),
    (
        "no-plain-http",
        DEPLOYMENT,
        pod(env=[{"name": "MODEL_URL", "value": "http://model-chat.keep.svc.cluster.local:8000"}]),
        pod(env=[{"name": "MODEL_URL", "value": "http://models.example.com"}]),
        "spec.template.spec.containers[0].env[0].value",
    ),
    (
        "no-plain-http",
        "aws:sns/topicSubscription:TopicSubscription",
        {"protocol": "https", "endpoint": "https://hooks.example.com"},
        {"protocol": "http", "endpoint": "https://hooks.example.com"},
        "protocol",
    ),
]


@pytest.mark.parametrize(("rule", "type_", "good", "bad", "path"), CASES)
def test_one_passes_and_one_is_named(
    rule: str, type_: str, good: dict[str, Any], bad: dict[str, Any], path: str
) -> None:
    assert told(judged(rule, node(type_, "good", **good))) == []
    assert told(judged(rule, node(type_, "bad", **bad))) == [("bad", path, "violation")]


@pytest.mark.parametrize(
    ("rule", "type_", "inputs", "path"),
    [
        ("cmk-messages", "aws:sqs/queue:Queue", {"kmsMasterKeyId": UNKNOWN}, "kmsMasterKeyId"),
        ("cmk-messages", "aws:sqs/queue:Queue", {"kmsMasterKeyId": SECRET}, "kmsMasterKeyId"),
        ("cmk-volumes", TEMPLATE, {"blockDeviceMappings": UNKNOWN}, "blockDeviceMappings"),
        (
            "cmk-images",
            "aws:ecr/repository:Repository",
            {"encryptionConfigurations": UNKNOWN},
            "encryptionConfigurations",
        ),
        ("tls-listeners", LISTENER, {"protocol": UNKNOWN}, "protocol"),
        ("tls-buckets", BUCKET, {"policy": UNKNOWN}, "policy"),
        (
            "no-plain-http",
            DEPLOYMENT,
            pod(env=[{"name": "INDEX_URL", "value": UNKNOWN}]),
            "spec.template.spec.containers[0].env[0].value",
        ),
    ],
)
def test_what_is_not_known_is_undecided(rule: str, type_: str, inputs: dict[str, Any], path: str) -> None:
    findings = told(judged(rule, node(type_, **inputs)))
    assert findings
    assert set(findings) == {("it", path, "undecided")}


def _rules(algorithm: str, key: str | None = None) -> list[dict[str, Any]]:
    named = {} if key is None else {"kmsMasterKeyId": key}
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **named}}]


def test_a_bucket_needs_a_key_of_the_keeps_own() -> None:
    bucket = node(BUCKET, "b", bucket="data")
    assert told(judged("cmk-buckets", bucket)) == [("b", "serverSideEncryptionConfiguration", "violation")]
    own = node(ENCRYPTION, "e", bucket="data", rules=_rules("aws:kms", OWN))
    assert told(judged("cmk-buckets", bucket, own)) == []
    managed = node(ENCRYPTION, "e", bucket="data", rules=_rules("aws:kms", "alias/aws/s3"))
    path = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"
    assert told(judged("cmk-buckets", bucket, managed)) == [("e", path, "violation")]
    unknown = node(ENCRYPTION, "e", bucket="data", rules=UNKNOWN)
    assert told(judged("cmk-buckets", bucket, unknown)) == [("e", "rules", "undecided")]


def test_a_bucket_for_access_logs_may_keep_s3s_own_key_but_no_data_may() -> None:
    def logs(**tags: str) -> Sequence[Node]:
        target = node(BUCKET, "logs", bucket="logs", tags=tags)
        return target, node("aws:s3/bucketLogging:BucketLogging", "l", bucket="data", targetBucket="logs")

    assert told(judged("cmk-buckets", *logs())) == []
    assert len(judged("cmk-buckets", *logs(**{"codekeep:data-class": "code"}))) == 1


def _denying(**changes: Any) -> str:
    statement: Mapping[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **changes,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Action": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::data/*"},
        {"Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/public/*"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
    ],
)
def test_a_bucket_refuses_plain_http_with_a_deny_for_everybody(changes: dict[str, Any]) -> None:
    bucket = node(BUCKET, "b", bucket="data")
    assert told(judged("tls-buckets", bucket, node(POLICY, "p", bucket="data", policy=_denying()))) == []
    weaker = node(POLICY, "p", bucket="data", policy=_denying(**changes))
    assert told(judged("tls-buckets", bucket, weaker)) == [("b", "policy", "violation")]


def test_a_queue_refuses_plain_http() -> None:
    queue = node("aws:sqs/queue:Queue", "q", policy=_denying(Action="sqs:*", Resource="*"))
    assert told(judged("tls-messages", queue)) == []
    assert told(judged("tls-messages", node("aws:sqs/queue:Queue", "q"))) == [("q", "policy", "violation")]


def test_the_accounts_default_needs_switch_and_key() -> None:
    switch = node("aws:ebs/encryptionByDefault:EncryptionByDefault", "switch", enabled=True)
    key = node("aws:ebs/defaultKmsKey:DefaultKmsKey", "key", keyArn=OWN)
    assert told(judged("ebs-default-encryption", switch, key)) == []
    assert told(judged("ebs-default-encryption", switch)) == [("switch", "region", "violation")]
    assert told(judged("ebs-default-encryption", key)) == [("key", "region", "violation")]


def test_the_agreed_deletion_window_counts() -> None:
    facts = Facts(
        tenant="t",
        tier="dedicated",
        account_id="1",
        primary_region="eu-central-1",
        allowed_regions=frozenset(),
        key_deletion_days=30,
    )
    key = node("aws:kms/key:Key", "k", deletionWindowInDays=20)
    assert told(judged("key-deletion-window", key, facts=facts)) == [("k", "deletionWindowInDays", "violation")]
    assert told(judged("key-deletion-window", key)) == []


def test_every_rule_of_the_family_has_a_case() -> None:
    rules = {rule.id for rule in catalogue() if rule.family is Family.ENCRYPTION}
    shown = {case[0] for case in CASES} | {"cmk-buckets", "tls-buckets", "tls-messages", "ebs-default-encryption"}
    assert len(rules) >= 20
    assert rules == shown
    assert Verdict.VIOLATION.value == "violation"


def test_variables_and_flags_are_found_wherever_they_are_spelt() -> None:
    pods = pod(
        env=[{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s"}}}],
        args=["--log-level", "info", "--fast"],
        command=["sh", "-c", "LEVEL=warn exec serve --port=8000"],
    )
    found = {setting.name: setting.value for setting in settings_of(node(DEPLOYMENT, **pods))}
    assert found == {
        "A": "1",
        "B": ELSEWHERE,
        "LOG_LEVEL": "info",
        "FAST": None,
        "C": "LEVEL=warn",
        "LEVEL": "warn",
        "PORT": "8000",
    }
    task = node(
        "aws:ecs/taskDefinition:TaskDefinition", containerDefinitions='[{"environment": [{"name": "X", "value": "y"}]}]'
    )
    assert [(each.path, each.name, each.value) for each in settings_of(task)] == [
        ("containerDefinitions|[0].environment[0].value", "X", "y")
    ]
    function = node("aws:lambda/function:Function", environment={"variables": {"X": True}})
    assert [(each.path, each.value) for each in settings_of(function)] == [("environment.variables.X", "true")]
    unread = node("aws:ecs/taskDefinition:TaskDefinition", containerDefinitions=UNKNOWN)
    assert [(each.name, each.value) for each in settings_of(unread)] == [(None, UNKNOWN)]
