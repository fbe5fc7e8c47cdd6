"""A keep as a Terraform plan: right types and names, blocks, references, and addresses that lead back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph, Source
from policies.graph.references import Reference
from policies.tfplan.conf import node_of
from policies.tfplan.plan import MAPPING, plan_of
from policies.tfplan.table import type_of_name, type_of_token
from stacks.cli.main import cli
from tests.policies.tenants import ROOT, STACKS, recorded

STACK = "urn:pulumi:dev::codekeep::pulumi:pulumi:Stack::codekeep-dev"
KEY = "urn:pulumi:dev::codekeep::codekeep:keys:Keys$aws:kms/key:Key::code"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::codekeep::{type_}::{name}"


def resource(type_: str, name: str, inputs: Mapping[str, Any], **more: Any) -> Node:
    return Node(**{"urn": urn(type_, name), "type": type_, "name": name, "parent": STACK, "inputs": inputs, **more})


def graph(*nodes: Node) -> ResourceGraph:
    stack = Node(urn=STACK, type="pulumi:pulumi:Stack", name="codekeep-dev", custom=False)
    return ResourceGraph(project="codekeep", stack="dev", nodes=(stack, *nodes))


def keys() -> tuple[Node, Node]:
    component = Node(
        urn=urn("codekeep:keys:Keys", "keys"), type="codekeep:keys:Keys", name="keys", parent=STACK, custom=False
    )
    inputs = {"enableKeyRotation": True, "rotationPeriodInDays": 365, "policy": '{"Statement": []}'}
    key = resource("aws:kms/key:Key", "code", inputs, parent=component.urn, source=Source(file="keys.py", line=7))
    return component, replace(key, urn=KEY)


def planned(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    modules = [document["planned_values"]["root_module"]]
    while modules:
        module = modules.pop()
        yield from module["resources"]
        modules += module.get("child_modules", [])


def configured(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    modules = [document["configuration"]["root_module"]]
    while modules:
        module = modules.pop()
        yield from module["resources"]
        modules += [call["module"] for call in module.get("module_calls", {}).values()]


def only(nodes: ResourceGraph, type_: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """Planned values, what is unknown, and expressions of the one resource of a Terraform type."""
    document = plan_of(nodes).document
    values = [each["values"] for each in planned(document) if each["type"] == type_]
    changes = [each["change"]["after_unknown"] for each in document["resource_changes"] if each["type"] == type_]
    expressions = [each["expressions"] for each in configured(document) if each["type"] == type_]
    assert len(values) == len(changes) == len(expressions) == 1
    return values[0], changes[0], expressions[0]


def test_types_and_names_are_terraforms() -> None:
    values, unknown, expressions = only(graph(*keys()), "aws_kms_key")
    assert values == {
        "enable_key_rotation": True,
        "rotation_period_in_days": 365,
        "policy": '{"Statement": []}',
    }
    assert unknown == {"id": True, "arn": True}
    assert expressions["enable_key_rotation"] == {"constant_value": True}


def test_an_address_leads_to_the_component_the_urn_and_the_line() -> None:
    plan = plan_of(graph(*keys()))
    assert plan.document[MAPPING]["addresses"] == {"module.keys.aws_kms_key.code": {"urn": KEY, "source": "keys.py:7"}}
    assert plan.nodes["module.keys.aws_kms_key.code"].urn == KEY
    assert plan.document["configuration"]["root_module"]["module_calls"]["keys"]["source"] == "codekeep:keys:Keys"
    [change] = plan.document["resource_changes"]
    assert change["module_address"] == "module.keys"


def test_blocks_are_lists_with_terraforms_singular() -> None:
    rules = [{"id": "all", "status": "Enabled", "expiration": {"days": 30}, "transitions": [{"days": 1}]}]
    lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    values, _, expressions = only(
        graph(resource(lifecycle, "b", {"bucket": "b", "rules": rules})), "aws_s3_bucket_lifecycle_configuration"
    )
    assert values["rule"] == [
        {"id": "all", "status": "Enabled", "expiration": [{"days": 30}], "transition": [{"days": 1}]}
    ]
    assert expressions["rule"][0]["expiration"] == [{"days": {"constant_value": 30}}]


def test_a_reference_is_unknown_and_named_inside_a_text_it_is_interpolated() -> None:
    arn = str(Reference(KEY, "arn"))
    policy = json.dumps({"Statement": [{"Resource": arn}]})
    queue = resource("aws:sqs/queue:Queue", "q", {"kmsMasterKeyId": arn, "policy": policy})
    values, unknown, expressions = only(graph(*keys(), queue), "aws_sqs_queue")
    assert "kms_master_key_id" not in values
    assert unknown["kms_master_key_id"] is True
    assert expressions["kms_master_key_id"] == {"references": ["aws_kms_key.code.arn", "aws_kms_key.code"]}
    assert json.loads(values["policy"])["Statement"][0]["Resource"] == "${aws_kms_key.code.arn}"
    assert "aws_kms_key.code" in expressions["policy"]["references"]


def test_a_known_value_keeps_its_references() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "b", {"bucket": "name"})
    policy = resource(
        "aws:s3/bucketPolicy:BucketPolicy", "b", {"bucket": "name"}, property_dependencies={"bucket": (bucket.urn,)}
    )
    values, _, expressions = only(graph(bucket, policy), "aws_s3_bucket_policy")
    assert values["bucket"] == "name"
    assert expressions["bucket"] == {"references": ["aws_s3_bucket.b"]}


def test_secrets_and_unknown_values_are_not_in_the_plan() -> None:
    instance = resource("aws:rds/instance:Instance", "db", {"password": SECRET, "engine": UNKNOWN})
    document = plan_of(graph(instance)).document
    [change] = document["resource_changes"]
    assert change["change"]["after"] == {}
    assert change["change"]["after_sensitive"] == {"password": True}
    assert change["change"]["after_unknown"]["engine"] is True
    assert "$secret" not in json.dumps(document)


def test_two_resources_of_one_type_and_name_have_two_addresses() -> None:
    component, key = keys()
    other = resource("aws:kms/key:Key", "code", {})
    assert set(plan_of(graph(component, key, other)).nodes) == {"module.keys.aws_kms_key.code", "aws_kms_key.code-2"}


def test_a_resource_without_a_terraform_type_is_listed_as_unmapped() -> None:
    unheard_of = resource("aws:none/none:None", "n", {})
    assert plan_of(graph(unheard_of)).unmapped == (unheard_of,)


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_of_a_shipped_stack_is_in_its_plan(stack: str) -> None:
    nodes, _ = recorded(stack)
    aws = [node for node in nodes.resources if node.package == "aws"]
    plan = plan_of(nodes)
    assert len(aws) > 100
    assert plan.unmapped == ()
    assert sorted(node.urn for node in plan.nodes.values()) == sorted(node.urn for node in aws)
    assert sorted(each["address"] for each in planned(plan.document)) == sorted(plan.nodes)


@pytest.mark.parametrize("stack", STACKS)
def test_every_reference_of_a_shipped_stack_leads_to_a_resource(stack: str) -> None:
    document = plan_of(recorded(stack)[0]).document
    there = {each["address"] for each in configured(document)}
    named = set(
        re.findall(r'"(aws_\w+\.[\w-]+)[".]', json.dumps([each["expressions"] for each in configured(document)]))
    )
    assert len(named) > 50
    assert named <= there


@pytest.mark.parametrize("stack", STACKS)
def test_a_resource_read_back_from_its_plan_is_what_it_was(stack: str) -> None:
    """The adapter of the CKV_KEEP checks undoes the rendering, for all that is known."""
    plan = plan_of(recorded(stack)[0])
    compared = 0
    for each in planned(plan.document):
        node = plan.nodes[each["address"]]
        back = node_of(each["type"], each["name"], hclified(each["values"]))
        assert back is not None
        assert back.type == node.type
        for name, value in node.inputs.items():
            if plain(value):
                assert back.inputs.get(name) == value, f"{node.urn} {name}"
                compared += 1
    assert compared > 500


def plain(value: Any) -> bool:
    """Whether nothing in the value is unknown, and nothing of it would be written in another way."""
    if isinstance(value, str):
        return "${" not in value
    if isinstance(value, Mapping):
        return bool(value) and all(plain(inner) for inner in value.values())
    if isinstance(value, list):
        return bool(value) and all(plain(inner) for inner in value)
    return value is not UNKNOWN and value is not SECRET


def hclified(values: Mapping[str, Any]) -> dict[str, Any]:
    """What Checkov makes of planned values."""
    wrapped: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            wrapped[name] = [hclified(item) for item in value]
        elif isinstance(value, dict):
            wrapped[name] = [dict(value) if name == "tags" else hclified(value)]
        else:
            wrapped[name] = [value]
    return wrapped


def test_hcl_is_read_as_inputs() -> None:
    conf = {
        "bucket": ["${aws_s3_bucket.logs.id}"],
        "rule": [{"id": ["all"], "status": ["Enabled"], "expiration": [{"days": ["${var.days}"]}]}],
        "count": [2],
        "__start_line__": 1,
    }
    node = node_of("aws_s3_bucket_lifecycle_configuration", "logs", conf, region="eu-central-1")
    assert node is not None
    assert node.type == "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    assert node.region == "eu-central-1"
    bucket = "urn:pulumi:terraform::terraform::aws:s3/bucket:Bucket::logs"
    assert node.inputs == {
        "bucket": str(Reference(bucket, "id")),
        "rules": [{"id": "all", "status": "Enabled", "expiration": {"days": UNKNOWN}}],
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("${var.name}", UNKNOWN),
        ("var.name", UNKNOWN),
        ("data.aws_iam_policy_document.d.json", UNKNOWN),
        ("${jsonencode({a = var.b})}", UNKNOWN),
        ("true_after_unknown", UNKNOWN),
        ("arn:aws:s3:::b/${aws:username}", UNKNOWN),
        ("aws_kms_key.k.arn", "${urn:pulumi:terraform::terraform::aws:kms/key:Key::k#arn}"),
        ("aws_kms_key.k[0].arn", "${urn:pulumi:terraform::terraform::aws:kms/key:Key::k#arn}"),
        ("x-${aws_kms_key.k.arn}", "x-${urn:pulumi:terraform::terraform::aws:kms/key:Key::k#arn}"),
    ],
)
def test_an_expression_is_a_reference_or_unknown(written: str, read: object) -> None:
    node = node_of("aws_sqs_queue", "q", {"name": [written]})
    assert node is not None
    assert node.inputs["name"] == read


def test_the_table_knows_both_ways() -> None:
    bucket = type_of_token("aws:s3/bucketV2:BucketV2")
    assert bucket is not None
    assert bucket.name == "aws_s3_bucket"
    current = type_of_name("aws_s3_bucket")
    assert current is not None
    assert current.token == "aws:s3/bucket:Bucket"
    twin = type_of_name("aws_alb")
    assert twin is not None
    assert twin.token == "aws:lb/loadBalancer:LoadBalancer"
    assert type_of_name("aws_none") is None
    assert node_of("aws_none", "n", {}) is None


def test_the_command_prints_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(cli, ["graph", "pico", "--format", "tfplan"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["format_version"] == "1.2"
    assert len(list(planned(document))) > 20
