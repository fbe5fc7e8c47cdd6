"""Tenancy rules: each on what is the keep's own, on what is not, and on what is not known."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from policies.facts import Facts
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.graph.references import Reference
from policies.rule import Case, Family, judge_all
from policies.rules.tenancy import (
    dedicated_nodes,
    keys_per_class,
    no_shares,
    own_ground,
    pooled_grants,
    provider_accounts,
    tenant_names,
    tenant_namespaces,
    tenant_tags,
)
from stacks.project import Project
from stacks.sessions.recording import StackRecorder, config_of
from tests.policies.mutants import caught, mutants
from tests.policies.rules.policy_nodes import ACCOUNT, DEPLOYER, FACTS, SILENT, STRANGER, allow, document, judged, node
from tests.policies.tenants import ROOT

BUCKET, QUEUE, KEY, ROLE = "aws:s3/bucket:Bucket", "aws:sqs/queue:Queue", "aws:kms/key:Key", "aws:iam/role:Role"
ROLE_POLICY, LOG_GROUP = "aws:iam/rolePolicy:RolePolicy", "aws:cloudwatch/logGroup:LogGroup"
TEMPLATE, NODE_GROUP = "aws:ec2/launchTemplate:LaunchTemplate", "aws:eks/nodeGroup:NodeGroup"
VPC, CLUSTER = "aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
PREMIUM = replace(FACTS, tier="premium")
POOLED = replace(FACTS, tier="pooled")
PLATFORM = replace(FACTS, tier="pooled", platform=True)
DOMAIN = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/platform-index"
TAGS = {
    "codekeep:tenant": "demo",
    "codekeep:tier": "dedicated",
    "codekeep:data-class": "code",
    "codekeep:region": "eu-central-1",
}
RULES = (
    dedicated_nodes,
    keys_per_class,
    no_shares,
    own_ground,
    pooled_grants,
    provider_accounts,
    tenant_names,
    tenant_namespaces,
    tenant_tags,
)


def of_class(data_class: str, **inputs: Any) -> dict[str, Any]:
    return {**inputs, "tags": {**TAGS, "codekeep:data-class": data_class}}


def reading(resource: str, **condition: Any) -> dict[str, Any]:
    return {"role": "r", "policy": document(allow("es:ESHttpGet", resource, None, condition or None))}


# Tags


def test_complete_tags_pass_and_types_without_tags_need_none() -> None:
    assert judged(tenant_tags.RULE, node(BUCKET, {"tags": TAGS})) == []
    assert judged(tenant_tags.RULE, node(ROLE_POLICY, {})) == []
    assert judged(tenant_tags.RULE, node(BUCKET, {}), facts=SILENT) == []


@pytest.mark.parametrize("tag", TAGS)
def test_each_tag_that_is_missing_is_named(tag: str) -> None:
    rest = {key: value for key, value in TAGS.items() if key != tag}
    assert judged(tenant_tags.RULE, node(BUCKET, {"tags": rest})) == [("violation", "it", f"tags.{tag}")]
    assert judged(tenant_tags.RULE, node(BUCKET, {"tags": {**rest, tag: UNKNOWN}})) == [
        ("undecided", "it", f"tags.{tag}")
    ]


def test_tags_may_come_from_the_provider() -> None:
    provider = node("pulumi:providers:aws", {"region": "eu-central-1", "defaultTags": {"tags": TAGS}}, "tagging")
    assert judged(tenant_tags.RULE, provider, node(BUCKET, {}, provider=provider.urn)) == []
    wrong = node(BUCKET, {"tags": {"codekeep:tenant": "acme"}}, provider=provider.urn)
    assert judged(tenant_tags.RULE, provider, wrong) == [("violation", "it", "tags.codekeep:tenant")]


def test_what_a_template_makes_is_tagged_too() -> None:
    made = {"tags": TAGS, "tagSpecifications": [{"resourceType": "instance", "tags": TAGS}]}
    assert judged(tenant_tags.RULE, node(TEMPLATE, made)) == []
    bare = {"tags": TAGS, "tagSpecifications": [{"resourceType": "instance"}]}
    assert len(judged(tenant_tags.RULE, node(TEMPLATE, bare))) == 4


# Names


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (BUCKET, {"bucket": "codekeep-acme-code-1"}, "bucket"),
        (BUCKET, {"bucket": "codekeep-demo2-code-1"}, "bucket"),
        (LOG_GROUP, {"name": "/codekeep/acme/gateway"}, "name"),
        (QUEUE, {"tags": {"codekeep:tenant": "acme"}}, "tags.codekeep:tenant"),
        (ROLE_POLICY, reading("arn:aws:s3:::codekeep-acme-code/*"), "policy"),
        (ROLE_POLICY, reading("*", StringEquals={"aws:ResourceTag/codekeep:tenant": "acme"}), "policy"),
    ],
)
def test_a_name_of_another_keep_is_found(token: str, inputs: Mapping[str, Any], path: str) -> None:
    assert judged(tenant_names.RULE, node(token, inputs)) == [("violation", "it", path)]
    assert judged(tenant_names.RULE, node(token, inputs), facts=SILENT) == []


def test_own_names_the_deployer_and_names_of_no_keep_pass() -> None:
    inputs = {"name": "codekeep-demo-ingest", "policy": document(allow("sqs:SendMessage", "*", {"AWS": DEPLOYER}))}
    assert judged(tenant_names.RULE, node(QUEUE, inputs)) == []
    assert judged(tenant_names.RULE, node(QUEUE, {"name": "work"})) == []


def test_a_name_that_is_not_known_is_undecided() -> None:
    assert judged(tenant_names.RULE, node(QUEUE, {"name": UNKNOWN})) == [("undecided", "it", "name")]


# Nodes


def group_on(placement: Any) -> list[Node]:
    template = node(TEMPLATE, {} if placement is None else {"placement": placement}, "template")
    launch = {"launchTemplate": {"id": str(Reference(template.urn, "id"))}}
    return [template, node(NODE_GROUP, launch, "group", property_dependencies={"launchTemplate": (template.urn,)})]


def test_a_premium_keeps_nodes_are_on_their_own_hardware() -> None:
    rule = dedicated_nodes.RULE
    shared = [("violation", "template", "placement.tenancy")]
    assert judged(rule, *group_on({"tenancy": "host"}), facts=PREMIUM) == []
    assert judged(rule, *group_on({"tenancy": "default"}), facts=PREMIUM) == shared
    assert judged(rule, *group_on(None), facts=PREMIUM) == shared
    assert judged(rule, *group_on(UNKNOWN), facts=PREMIUM) == [("undecided", "template", "placement.tenancy")]
    assert judged(rule, *group_on(None), facts=FACTS) == []


def test_a_network_of_dedicated_tenancy_makes_every_node_dedicated() -> None:
    network = node(VPC, {"instanceTenancy": "dedicated"}, "network")
    assert judged(dedicated_nodes.RULE, network, *group_on(None), facts=PREMIUM) == []


def test_a_premium_keep_has_no_fargate_and_no_template_of_others() -> None:
    fargate = node("aws:eks/fargateProfile:FargateProfile", {"clusterName": "c"})
    assert judged(dedicated_nodes.RULE, fargate, facts=PREMIUM) == [("violation", "it", "")]
    elsewhere = node(NODE_GROUP, {"launchTemplate": {"id": "lt-0a1b2c3d4e5f60718"}})
    assert judged(dedicated_nodes.RULE, elsewhere, facts=PREMIUM) == [("undecided", "it", "launchTemplate")]
    assert judged(dedicated_nodes.RULE, node(NODE_GROUP, {}), facts=PREMIUM) == [("violation", "it", "launchTemplate")]


# Ground


def test_a_pooled_keep_has_no_infrastructure_and_its_platform_does() -> None:
    assert judged(own_ground.RULE, node(VPC, {}), facts=POOLED) == [("violation", "it", "")]
    assert judged(own_ground.RULE, node(VPC, {}), facts=PLATFORM) == []
    assert judged(own_ground.RULE, node(VPC, {}), facts=FACTS) == []


def test_a_dedicated_keep_uses_its_own_infrastructure() -> None:
    cluster = node(CLUSTER, {"name": "codekeep-demo"}, "cluster")
    own, other = ({"clusterName": name} for name in ("codekeep-demo", "codekeep-platform"))
    reference = {"clusterName": str(Reference(cluster.urn, "name"))}
    assert judged(own_ground.RULE, cluster, node(ASSOCIATION, own), node(ASSOCIATION, reference, "by-reference")) == []
    assert judged(own_ground.RULE, cluster, node(ASSOCIATION, other)) == [("violation", "it", "clusterName")]
    assert judged(own_ground.RULE, cluster, node(ASSOCIATION, {"clusterName": UNKNOWN})) == [
        ("undecided", "it", "clusterName")
    ]


def test_a_dedicated_keep_reads_no_other_stack() -> None:
    other = node("pulumi:pulumi:StackReference", {"name": "org/codekeep/platform"}, options={"external": True})
    assert judged(own_ground.RULE, other) == [("violation", "it", "name")]
    assert judged(own_ground.RULE, other, facts=POOLED) == []
    adopted = node(CLUSTER, {}, options={"external": True})
    assert judged(own_ground.RULE, adopted) == [("violation", "it", "")]


# Providers


def provider(**inputs: Any) -> Node:
    bound = {"region": "eu-central-1", "allowedAccountIds": [ACCOUNT], "assumeRoles": [{"roleArn": DEPLOYER}]}
    given = {**bound, **inputs}
    return node("pulumi:providers:aws", {key: value for key, value in given.items() if value is not None})


@pytest.mark.parametrize(
    ("inputs", "finding"),
    [
        ({}, None),
        ({"allowedAccountIds": None}, ("violation", "it", "allowedAccountIds")),
        ({"allowedAccountIds": [ACCOUNT, STRANGER]}, ("violation", "it", "allowedAccountIds")),
        ({"allowedAccountIds": UNKNOWN}, ("undecided", "it", "allowedAccountIds")),
        ({"region": None}, ("violation", "it", "region")),
        (
            {"assumeRoles": [{"roleArn": f"arn:aws:iam::{STRANGER}:role/deployer"}]},
            ("violation", "it", "assumeRoles[0].roleArn"),
        ),
        ({"assumeRoles": [{"roleArn": UNKNOWN}]}, ("undecided", "it", "assumeRoles[0].roleArn")),
    ],
)
def test_a_provider_is_bound_to_the_account(inputs: dict[str, Any], finding: tuple[str, str, str] | None) -> None:
    assert judged(provider_accounts.RULE, provider(**inputs)) == ([] if finding is None else [finding])


def test_the_default_provider_is_bound_to_nothing() -> None:
    unbound = node(QUEUE, {}, provider=None)
    assert judged(provider_accounts.RULE, unbound) == [("violation", "it", "provider")]
    assert judged(provider_accounts.RULE, unbound, facts=SILENT) == []


# Namespaces


def bound(namespace: Any, account: Any = "gateway") -> list[Node]:
    tags = {
        "aws:RequestTag/kubernetes-namespace": "codekeep-demo",
        "aws:RequestTag/kubernetes-service-account": "gateway",
    }
    principal = {"Service": "pods.eks.amazonaws.com"}
    role = node(
        ROLE, {"assumeRolePolicy": document(allow("sts:AssumeRole", None, principal, {"StringEquals": tags}))}, "r"
    )
    inputs = {"namespace": namespace, "serviceAccount": account, "roleArn": str(Reference(role.urn, "arn"))}
    return [role, node(ASSOCIATION, inputs, property_dependencies={"roleArn": (role.urn,)})]


def test_a_role_is_bound_where_its_trust_says() -> None:
    rule = tenant_namespaces.RULE
    assert judged(rule, *bound("codekeep-demo")) == []
    assert judged(rule, *bound("codekeep-acme")) == [("violation", "it", "namespace")]
    assert judged(rule, *bound("codekeep-demo", "indexer")) == [("violation", "it", "serviceAccount")]
    assert judged(rule, *bound(UNKNOWN)) == [("undecided", "it", "namespace")]
    assert ("violation", "it", "serviceAccount") in judged(rule, *bound("codekeep-demo", "default"))


def test_objects_of_a_pooled_keep_lie_in_its_namespace() -> None:
    def pod(namespace: str) -> Node:
        return node("kubernetes:core/v1:Pod", {"metadata": {"namespace": namespace}})

    assert judged(tenant_namespaces.RULE, pod("codekeep-demo"), facts=POOLED) == []
    assert judged(tenant_namespaces.RULE, pod("codekeep-acme"), facts=POOLED) == [
        ("violation", "it", "metadata.namespace")
    ]
    assert judged(tenant_namespaces.RULE, pod("keda")) == []


def test_a_pooled_keep_adds_to_the_search_administration_its_own_job_and_document_only() -> None:
    def added(kind: str, name: object) -> list[tuple[str, str, str]]:
        metadata = {"labels": {"app.kubernetes.io/name": name}, "namespace": SEARCH_NAMESPACE}
        return judged(tenant_namespaces.RULE, node(kind, {"metadata": metadata}), facts=POOLED)

    job, config_map = "kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap"
    assert added(job, "search-roles-demo") == added(config_map, "search-roles-demo") == []
    for kind, name in (
        (job, "search-roles-acme"),
        (job, UNKNOWN),
        ("kubernetes:core/v1:Pod", "search-roles-demo"),
        ("kubernetes:core/v1:ServiceAccount", "search-roles-demo"),
    ):
        assert added(kind, name) == [("violation", "it", "metadata.namespace")], name


# Keys


def test_a_key_serves_its_own_class() -> None:
    key = node(KEY, of_class("code"), "key", outputs={"arn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/k"})
    rule, reference = keys_per_class.RULE, str(Reference(key.urn, "arn"))
    assert judged(rule, key, node(QUEUE, of_class("code", kmsMasterKeyId=reference))) == []
    crossed = [("violation", "it", "kmsMasterKeyId")]
    assert judged(rule, key, node(QUEUE, of_class("prompt", kmsMasterKeyId=reference))) == crossed
    assert judged(rule, key, node(QUEUE, of_class("prompt", kmsMasterKeyId=key.outputs["arn"]))) == crossed
    assert judged(rule, node(QUEUE, of_class("code", kmsMasterKeyId=UNKNOWN))) == [
        ("undecided", "it", "kmsMasterKeyId")
    ]


def test_a_bucket_s_settings_count_as_the_bucket() -> None:
    key, bucket = node(KEY, of_class("code"), "key"), node(BUCKET, of_class("prompt"), "bucket")
    settings = {
        "bucket": str(Reference(bucket.urn, "id")),
        "rules": [{"applyServerSideEncryptionByDefault": {"kmsMasterKeyId": str(Reference(key.urn, "arn"))}}],
    }
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    encrypted = node(token, settings, property_dependencies={"bucket": (bucket.urn,)})
    assert judged(keys_per_class.RULE, key, bucket, encrypted) == [
        ("violation", "it", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId")
    ]


def test_keys_of_others_are_refused_but_for_the_customer_s() -> None:
    theirs = f"arn:aws:kms:eu-central-1:{STRANGER}:key/k"
    queue = node(QUEUE, of_class("code", kmsMasterKeyId=theirs))
    held = replace(FACTS, customer_key_accounts=frozenset({STRANGER}))
    assert judged(keys_per_class.RULE, queue) == [("violation", "it", "kmsMasterKeyId")]
    assert judged(keys_per_class.RULE, queue, facts=held) == []
    second = node(QUEUE, of_class("prompt", kmsMasterKeyId=theirs), "second")
    assert len(judged(keys_per_class.RULE, queue, second, facts=held)) == 2


# Shares


def test_nothing_is_shared() -> None:
    share = node("aws:ram/resourceShare:ResourceShare", {"name": "hosts"})
    assert judged(no_shares.RULE, share) == [("violation", "it", "")]
    snapshot = "aws:rds/snapshot:Snapshot"
    assert judged(no_shares.RULE, node(snapshot, {"sharedAccounts": [STRANGER]})) == [
        ("violation", "it", "sharedAccounts")
    ]
    assert judged(no_shares.RULE, node(snapshot, {"sharedAccounts": UNKNOWN})) == [
        ("undecided", "it", "sharedAccounts")
    ]
    assert judged(no_shares.RULE, node(snapshot, {"dbInstanceIdentifier": "db"})) == []


# Grants on a platform


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        (reading(f"{DOMAIN}/demo_*"), False),
        (reading(f"{DOMAIN}/demo*"), True),  # demo2_ begins so too
        (reading(f"{DOMAIN}/acme_*"), True),
        (reading(f"{DOMAIN}/*"), True),
        (reading("arn:aws:s3:::codekeep-demo-code/*"), False),
        (reading("*", StringEquals={"aws:ResourceTag/codekeep:tenant": "demo"}), False),
        (reading("*", StringEqualsIfExists={"aws:ResourceTag/codekeep:tenant": "demo"}), True),
    ],
)
def test_a_pooled_keep_s_grants_name_it(inputs: dict[str, Any], wrong: bool) -> None:
    expected = [("violation", "it", "policy|Statement[0].Resource")] if wrong else []
    assert judged(pooled_grants.RULE, node(ROLE_POLICY, inputs), facts=POOLED) == expected
    assert judged(pooled_grants.RULE, node(ROLE_POLICY, inputs)) == []


def test_grants_that_are_not_known_are_undecided() -> None:
    unknown = node(ROLE_POLICY, {"policy": UNKNOWN})
    assert judged(pooled_grants.RULE, unknown, facts=POOLED) == [("undecided", "it", "policy")]


# The shipped pooled keep


@cache
def pico() -> tuple[ResourceGraph, Facts]:
    project = Project.find(ROOT)
    return StackRecorder(project).graph("pico"), Facts.of(config_of(project, "pico").values)


def test_no_rule_fires_on_the_pooled_keep() -> None:
    graph, facts = pico()
    assert len(graph.resources) > 100
    assert judge_all([each.RULE for each in RULES], Case(facts=facts, graph=graph)) == []


def test_breaking_the_pooled_keep_is_noticed() -> None:
    graph, facts = pico()
    made = list(mutants(graph, [each.RULE for each in RULES], facts))
    assert {"pooled-grants", "own-ground", "tenant-namespaces"} <= {mutant.rule.id for mutant in made}
    assert [str(mutant) for mutant in made if not caught(mutant, facts)] == []


def test_all_rules_of_the_family_are_tried() -> None:
    assert len({each.RULE.id for each in RULES}) == 9
    assert {each.RULE.family for each in RULES} == {Family.TENANCY}
