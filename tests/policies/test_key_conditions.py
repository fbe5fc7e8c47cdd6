"""Every condition of the shipped stacks' key, resource and trust policies is one that AWS's guides say is sent."""

import json
from dataclasses import replace

import pytest

from components.keys.key_policy import held_key_policy
from components.keys.key_ring import STORED_CLASSES
from components.naming import DataClass
from policies.documents import Document, Kind, Statement, documents
from policies.graph import Node
from policies.rules.identity import _condition_table, key_conditions
from policies.rules.identity._condition_table import Supported, is_meant, refused, supported, table
from stacks.spec.check import load_spec
from stacks.translation import keep_of
from tests.policies.rules.policy_nodes import allow, document, judged, node
from tests.stacks.documents import ROOT
from tests.stacks.programs import graph_of

STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
KINDS = (Kind.KEY, Kind.RESOURCE, Kind.TRUST)
KEY, TOPIC, TARGET = "aws:kms/key:Key", "aws:sns/topic:Topic", "aws:cloudwatch/eventTarget:EventTarget"
TOPIC_POLICY, ROLE = "aws:sns/topicPolicy:TopicPolicy", "aws:iam/role:Role"
CLUSTER, STORE = "aws:eks/cluster:Cluster", "aws:cloudtrail/eventDataStore:EventDataStore"
DEPLOYER = {"AWS": "arn:aws:iam::111122223333:role/codekeep-deployer"}
EVENTS, TRAIL = {"Service": "events.amazonaws.com"}, {"Service": "cloudtrail.amazonaws.com"}
TO_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
FROM_HERE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
USE = ["kms:GenerateDataKey*", "kms:Decrypt"]


def unknown_conditions(owner: Node) -> list[str]:
    return [
        f"{owner.type} {owner.name} {statement.sid}: {principal.value} with {key}"
        for found in documents(owner, *KINDS)
        for statement in found.statements or ()
        for principal in statement.principals
        for keys in statement.conditions.values()
        for key in keys
        if not any(covers(row, owner, found, statement, key) and named(row, statement) for row in supported())
    ]


def covers(row: Supported, owner: Node, found: Document, statement: Statement, key: str) -> bool:
    on = not row.on or owner.type.startswith(row.on)
    return row.kind is found.kind and row.effect == statement.effect and on and key in row.keys


def named(row: Supported, statement: Statement) -> bool:
    return all(any(is_meant(each, pattern) for pattern in row.principals) for each in statement.principals)


@pytest.mark.parametrize("stack", STACKS)
def test_every_condition_is_in_the_table_as_supported(stack: str) -> None:
    owners = [each for each in graph_of(stack).nodes if list(documents(each, *KINDS))]
    assert len(owners) > 20
    assert all(found.statements is not None for owner in owners for found in documents(owner, *KINDS))
    assert [problem for owner in owners for problem in unknown_conditions(owner)] == []


@pytest.mark.parametrize("data_class", STORED_CLASSES)
def test_policies_that_customers_write_ask_for_supported_conditions(data_class: DataClass) -> None:
    keep = keep_of(load_spec(ROOT / "Pulumi.acme.yaml"))
    held = "arn:aws:kms:eu-central-1:777788889999:key/mrk-0123456789abcdef0123456789abcdef"
    policy = held_key_policy(keep, data_class, held)
    assert unknown_conditions(node(KEY, {"policy": json.dumps(policy)})) == []
    assert judged(key_conditions.RULE, node(KEY, {"policy": json.dumps(policy)})) == []


def test_a_condition_that_is_not_in_the_table_is_noticed() -> None:
    [key] = [each for each in graph_of("demo").of_type(KEY) if each.name == "demo-key-log"]
    policy = json.loads(key.inputs["policy"])
    policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    changed = replace(key, inputs={**key.inputs, "policy": json.dumps(policy)})
    assert unknown_conditions(key) == []
    assert any("AccountAdministers" in each and "aws:PrincipalOrgID" in each for each in unknown_conditions(changed))


@pytest.mark.parametrize("stack", STACKS)
def test_keys_are_used_through_services_that_kms_lists(stack: str) -> None:
    listed = {*table()["via_services"]["listed"], *table()["via_services"]["unproved"]}
    assert table()["via_services"]["unproved"] == ["network-firewall"]
    found = {
        value.partition(".")[0]
        for owner in graph_of(stack).nodes
        for each in documents(owner)
        for statement in each.statements or ()
        for value in statement.condition_values("kms:ViaService")
    }
    assert found
    assert found <= listed


def test_every_row_has_a_source_and_every_source_a_row() -> None:
    raw = table()
    cited = {row["source"] for row in (*raw["supported"], *raw["refused"], raw["via_services"])}
    background = {"eks-auto", "firewall", "opensearch"}  # for rows that more than one guide supports
    assert cited | background == set(raw["sources"])
    assert len(refused()) >= 6
    assert _condition_table.TABLE.is_file()


def key(*statements: object, name: str = "key") -> Node:
    return node(KEY, {"policy": document(*statements)}, name)  # type: ignore[arg-type]


def using(token: str, prop: str, target: Node, name: str) -> Node:
    return node(token, {prop: "${x}"}, name, property_dependencies={prop: (target.urn,)})


def test_the_key_of_a_cluster_gives_grants_without_the_condition() -> None:
    bad = key(allow("kms:CreateGrant", "*", DEPLOYER, TO_AWS))
    through = {"StringEquals": {"kms:ViaService": "eks.eu-central-1.amazonaws.com"}}
    good = key(allow("kms:CreateGrant", "*", DEPLOYER, TO_AWS), allow("kms:CreateGrant", "*", DEPLOYER, through))
    rule = key_conditions.RULE
    assert judged(rule, bad) == []  # no cluster uses it
    assert judged(rule, bad, using(CLUSTER, "encryptionConfig", bad, "c")) == [
        ("violation", "key", "policy|Statement[0].Condition")
    ]
    assert judged(rule, good, using(CLUSTER, "encryptionConfig", good, "c")) == []


def test_the_key_policy_beside_its_key_counts() -> None:
    bare = node(KEY, {}, "key")
    policy = document(allow("kms:Create*", "*", DEPLOYER, TO_AWS))
    apart = node(
        "aws:kms/keyPolicy:KeyPolicy", {"policy": policy}, "apart", property_dependencies={"keyId": (bare.urn,)}
    )
    cluster = using(CLUSTER, "encryptionConfig", bare, "c")
    assert judged(key_conditions.RULE, bare, apart, cluster) == [
        ("violation", "apart", "policy|Statement[0].Condition")
    ]


def test_the_key_of_a_topic_that_events_reach_asks_for_no_source() -> None:
    rule, bad = key_conditions.RULE, key(allow(USE, "*", EVENTS, FROM_HERE))
    topic = using(TOPIC, "kmsMasterKeyId", bad, "t")
    target = using(TARGET, "arn", topic, "r")
    assert judged(rule, bad, topic) == []  # no rule publishes to it
    assert judged(rule, bad, topic, target) == [("violation", "key", "policy|Statement[0].Condition")]
    good = key(allow(USE, "*", EVENTS), allow(USE, "*", EVENTS, FROM_HERE))
    assert judged(rule, good, topic, target) == []
    maybe = key(allow(USE, "*", EVENTS, {"StringEqualsIfExists": {"aws:SourceAccount": "1"}}))
    assert judged(rule, maybe, topic, target) == []


def test_topics_trusts_and_stores_ask_for_no_source() -> None:
    rule = key_conditions.RULE
    publish = allow("sns:Publish", "*", EVENTS, FROM_HERE)
    assert judged(rule, node(TOPIC_POLICY, {"policy": document(publish)})) == [
        ("violation", "it", "policy|Statement[0].Condition")
    ]
    assert judged(rule, node(TOPIC_POLICY, {"policy": document(allow("sns:Publish", "*", EVENTS))})) == []
    trust = allow("sts:AssumeRole", None, TRAIL, FROM_HERE)
    assert judged(rule, node(ROLE, {"assumeRolePolicy": document(trust)})) == [
        ("violation", "it", "assumeRolePolicy|Statement[0].Condition")
    ]
    assert judged(rule, node(ROLE, {"assumeRolePolicy": document(allow("sts:AssumeRole", None, TRAIL))})) == []
    trails = key(allow(USE, "*", TRAIL, FROM_HERE))
    assert judged(rule, trails) == []  # trails send the source, event data stores do not
    assert len(judged(rule, trails, using(STORE, "kmsKeyId", trails, "s"))) == 1


def test_services_have_no_caller_account_and_one_suffix() -> None:
    caller = {"StringEquals": {"kms:CallerAccount": "111122223333"}}
    assert len(judged(key_conditions.RULE, key(allow(USE, "*", {"Service": "cloudwatch.amazonaws.com"}, caller)))) == 1
    assert judged(key_conditions.RULE, key(allow(USE, "*", DEPLOYER, caller))) == []
    china = {"StringEquals": {"kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}}
    assert len(judged(key_conditions.RULE, key(allow("kms:Decrypt", "*", DEPLOYER, china)))) == 1


def test_a_policy_that_is_not_known_is_undecided() -> None:
    from policies.graph import UNKNOWN

    assert judged(key_conditions.RULE, node(KEY, {"policy": UNKNOWN})) == [("undecided", "it", "policy")]


PUT_BACK = {
    "the cluster's key": (KEY, "demo-key-secret", "policy", "AccountGrantsToServices", TO_AWS),
    "the topic's key": (KEY, "demo-key-log", "policy", "EventsPublishes", FROM_HERE),
    "the topic": (TOPIC_POLICY, "demo-alerts", "policy", "EventsPublishes", FROM_HERE),
    "the trail's role": (ROLE, "demo-audit", "assumeRolePolicy", "Trust", FROM_HERE),
}
"""What was wrong until it was mended: type, name, property, statement, the condition that AWS does not support."""


@pytest.mark.parametrize("fault", PUT_BACK)
def test_each_mended_fault_is_noticed_when_it_is_put_back(fault: str) -> None:
    token, name, prop, sid, condition = PUT_BACK[fault]
    demo = graph_of("demo")
    [owner] = [each for each in demo.of_type(token) if each.name == name]
    policy = json.loads(owner.inputs[prop])
    [index] = [place for place, each in enumerate(policy["Statement"]) if each["Sid"] == sid]
    policy["Statement"][index]["Condition"] = condition
    changed = replace(owner, inputs={**owner.inputs, prop: json.dumps(policy)})
    broken = [changed if each is owner else each for each in demo.nodes]
    assert judged(key_conditions.RULE, *demo.nodes) == []
    assert judged(key_conditions.RULE, *broken) == [("violation", name, f"{prop}|Statement[{index}].Condition")]
