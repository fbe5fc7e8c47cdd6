"""The graph: the recorder, a state file and a preview give the same for a program, and no secret is in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws import kms, s3, ssm

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph, UnknownNodeError
from policies.graph.checkpoint import GraphSourceError, from_checkpoint, from_preview
from policies.graph.jsonio import from_json, to_json
from policies.graph.recorder import ProgramError, record

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-5d1f"
KEY = "aws:kms/key:Key"
BUCKET = "aws:s3/bucket:Bucket"


class Keys(pulumi.ComponentResource):
    """A component with one key."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:test:Keys", name, None, opts)
        self.key = kms.Key(name, enable_key_rotation=True, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"arn": self.key.arn})


def program() -> None:
    """A provider, a component with a key, a bucket of another region and a secret parameter."""
    provider = aws.Provider("home", region="eu-west-1", allowed_account_ids=["123456789012"])
    keys = Keys("keys", pulumi.ResourceOptions(providers={"aws": provider}))
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    s3.Bucket(
        "far",
        bucket=caller.account_id.apply(lambda account: f"codekeep-{account}"),
        region="eu-central-1",
        opts=pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[keys.key]),
    )
    ssm.Parameter("token", type="SecureString", value=pulumi.Output.secret(CANARY), key_id=keys.key.arn)
    pulumi.export("keyArn", keys.key.arn)
    pulumi.export("token", pulumi.Output.secret(CANARY))


def recorded(run: Callable[[], Any] = program, **kwargs: Any) -> ResourceGraph:
    return record(run, project="codekeep", stack="dev", root=ROOT, config={"aws:region": "us-east-1"}, **kwargs)


@pytest.fixture(scope="module")
def graph() -> ResourceGraph:
    return recorded()


def test_every_registration_is_a_node_with_the_engines_urn(graph: ResourceGraph) -> None:
    assert {node.urn for node in graph} == {
        "urn:pulumi:dev::codekeep::pulumi:pulumi:Stack::codekeep-dev",
        "urn:pulumi:dev::codekeep::pulumi:providers:aws::home",
        "urn:pulumi:dev::codekeep::codekeep:test:Keys::keys",
        "urn:pulumi:dev::codekeep::codekeep:test:Keys$aws:kms/key:Key::keys",
        "urn:pulumi:dev::codekeep::aws:s3/bucket:Bucket::far",
        "urn:pulumi:dev::codekeep::aws:ssm/parameter:Parameter::token",
    }


def test_what_only_the_cloud_knows_is_unknown_and_inputs_come_back(graph: ResourceGraph) -> None:
    key = graph.one(KEY)
    assert key.value("enableKeyRotation") is True
    assert key.value("arn") is UNKNOWN
    assert graph.outputs["keyArn"] is UNKNOWN
    assert graph.one("codekeep:test:Keys").outputs == {"arn": UNKNOWN}


def test_the_account_is_known_from_the_provider_without_a_call(graph: ResourceGraph) -> None:
    assert graph.one(BUCKET).inputs["bucket"] == "codekeep-123456789012"


def test_functions_are_answered_offline_or_unknown() -> None:
    def asking() -> None:
        pulumi.export("partition", aws.get_partition_output().partition)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("zones", aws.get_availability_zones_output(state="available").names)
        pulumi.export("ami", aws.ssm.get_parameter_output(name="/aws/service/ami").value)
        pulumi.export("account", aws.get_caller_identity_output().account_id)

    assert recorded(asking).outputs == {
        "partition": "aws",
        "region": "us-east-1",
        "zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
        "ami": UNKNOWN,
        "account": UNKNOWN,  # no provider says which
    }


def test_regions_are_the_resources_own_then_the_providers_then_the_configured(graph: ResourceGraph) -> None:
    assert graph.one(BUCKET).region == "eu-central-1"
    assert graph.one(KEY).region == "eu-west-1"
    assert graph.one("aws:ssm/parameter:Parameter").region == "us-east-1"
    assert graph.one("codekeep:test:Keys").region is None


def test_parents_dependencies_and_references_lead_to_nodes(graph: ResourceGraph) -> None:
    key, bucket, parameter = graph.one(KEY), graph.one(BUCKET), graph.one("aws:ssm/parameter:Parameter")
    keys = graph.one("codekeep:test:Keys")
    assert graph.children(keys.urn) == [key]
    assert [node.type for node in graph.ancestors(key)] == ["codekeep:test:Keys", "pulumi:pulumi:Stack"]
    assert graph.references(parameter, "keyId", KEY) == [key]
    assert graph.references(parameter, "value") == []
    assert graph.depends_on(bucket, key)
    assert not graph.depends_on(key, bucket)
    assert bucket in graph.dependants(key.urn)
    assert key in graph.descendants(graph.one("pulumi:pulumi:Stack").urn)


def test_a_node_has_the_line_that_registered_it(graph: ResourceGraph) -> None:
    lines = Path(__file__).read_text().splitlines()
    key = graph.one(KEY)
    assert key.source is not None
    assert key.source.file == "tests/policies/test_graph.py"
    assert "kms.Key(" in lines[key.source.line - 1]


def test_options_are_kept(graph: ResourceGraph) -> None:
    assert graph.one(BUCKET).options["protect"] is True
    assert "protect" not in graph.one(KEY).options


def test_a_providers_inputs_are_what_the_program_wrote(graph: ResourceGraph) -> None:
    assert graph.one("pulumi:providers:aws").inputs["allowedAccountIds"] == ["123456789012"]


def test_secrets_are_masked_and_their_paths_named(graph: ResourceGraph) -> None:
    parameter = graph.one("aws:ssm/parameter:Parameter")
    assert parameter.inputs["value"] is SECRET
    assert parameter.outputs["value"] is SECRET
    assert "value" in parameter.secrets
    assert CANARY not in json.dumps(to_json(graph))


def test_json_round_trips(graph: ResourceGraph) -> None:
    document = json.loads(json.dumps(to_json(graph)))
    assert from_json(document) == graph
    assert document["version"] == 1
    assert {"urn", "type", "name", "parent", "inputs", "outputs", "dependencies"} <= document["nodes"][0].keys()


def test_two_recordings_are_equal(graph: ResourceGraph) -> None:
    assert recorded() == graph


def test_what_the_program_raises_comes_out() -> None:
    def failing() -> None:
        raise ValueError("retention_days must be 1-3650")

    with pytest.raises(ValueError, match="retention_days must be 1-3650"):
        recorded(failing)


def test_what_an_apply_raises_comes_out() -> None:
    def failing() -> None:
        pulumi.Output.from_input(1).apply(lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        recorded(failing)


def test_two_resources_of_one_urn_are_refused() -> None:
    def twice() -> None:
        kms.Key("same")
        kms.Key("same")

    with pytest.raises(ProgramError, match=r"two resources have the URN .*::same"):
        recorded(twice)


def test_stack_references_answer_from_the_given_outputs_and_are_unknown_otherwise() -> None:
    def reading() -> None:
        reference = pulumi.StackReference("organization/codekeep/platform")
        pulumi.export("vpc", reference.require_output("vpcId"))

    given = recorded(reading, stack_outputs={"platform": {"vpcId": "vpc-1"}})
    assert given.outputs["vpc"] == "vpc-1"
    assert given.resources == []  # a reference is read, not made
    assert recorded(reading).outputs["vpc"] is UNKNOWN


def test_what_refers_to_a_node_is_found_from_its_side(graph: ResourceGraph) -> None:
    key, parameter = graph.one(KEY), graph.one("aws:ssm/parameter:Parameter")
    assert graph.referrers(key, "keyId", parameter.type) == [parameter]
    assert graph.referrers(key, "keyId", BUCKET) == []
    assert graph.referrers(key, "value", parameter.type) == []


def test_a_bucket_is_found_by_the_name_the_program_gave_it() -> None:
    bucket = Node(urn="urn:b", type=BUCKET, name="b", inputs={"bucket": "codekeep-b"})
    versions = Node(urn="urn:v", type="aws:s3/bucketVersioning:BucketVersioning", name="v", inputs=bucket.inputs)
    graph = ResourceGraph(project="p", stack="s", nodes=(bucket, versions))
    assert graph.referrers(bucket, "bucket", versions.type) == [versions]


def test_what_is_derived_of_a_graph_is_made_once(graph: ResourceGraph) -> None:
    made: list[int] = []

    def count(whole: ResourceGraph) -> int:
        made.append(len(whole))
        return len(whole)

    assert (graph.derived(count), graph.derived(count)) == (len(graph), len(graph))
    assert made == [len(graph)]


def test_an_unknown_node_is_named_with_what_there_is(graph: ResourceGraph) -> None:
    with pytest.raises(UnknownNodeError, match="named other; there are: keys"):
        graph.one(KEY, "other")


STATE = {
    "version": 3,
    "checkpoint": {
        "stack": "organization/codekeep/dev",
        "latest": {
            "resources": [
                {
                    "urn": "urn:pulumi:dev::codekeep::pulumi:pulumi:Stack::codekeep-dev",
                    "custom": False,
                    "type": "pulumi:pulumi:Stack",
                    "outputs": {
                        "token": {
                            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                            "ciphertext": f"v1:{CANARY}",
                        }
                    },
                },
                {
                    "urn": "urn:pulumi:dev::codekeep::pulumi:providers:aws::default_7_51_0",
                    "custom": True,
                    "id": "aeda",
                    "type": "pulumi:providers:aws",
                    "inputs": {"region": "eu-west-1"},
                },
                {
                    "urn": "urn:pulumi:dev::codekeep::aws:kms/key:Key::k",
                    "custom": True,
                    "id": "1234",
                    "type": KEY,
                    "inputs": {"deletionWindowInDays": 7.0},
                    "outputs": {"arn": "arn:aws:kms:eu-west-1:1:key/1234", "deletionWindowInDays": 7.0},
                    "parent": "urn:pulumi:dev::codekeep::pulumi:pulumi:Stack::codekeep-dev",
                    "provider": "urn:pulumi:dev::codekeep::pulumi:providers:aws::default_7_51_0::aeda",
                    "sourcePosition": "project:///components/keys/keys.py#12,4",
                },
                {
                    "urn": "urn:pulumi:dev::codekeep::aws:s3/bucket:Bucket::b",
                    "custom": True,
                    "id": "b-1",
                    "type": BUCKET,
                    "inputs": {"kmsKey": "arn:aws:kms:eu-west-1:1:key/1234"},
                    "outputs": {"password": CANARY},
                    "additionalSecretOutputs": ["password"],
                },
                {
                    "urn": "urn:pulumi:dev::codekeep::aws:s3/bucket:Bucket::b",
                    "custom": True,
                    "type": BUCKET,
                    "delete": True,
                },
            ]
        },
    },
}


def test_a_state_file_gives_a_graph_with_every_value_known() -> None:
    graph = from_checkpoint(STATE)
    assert (graph.project, graph.stack, len(graph)) == ("codekeep", "dev", 4)
    key = graph.one(KEY)
    assert key.value("arn") == "arn:aws:kms:eu-west-1:1:key/1234"
    assert key.inputs["deletionWindowInDays"] == 7
    assert isinstance(key.inputs["deletionWindowInDays"], int)
    assert key.region == "eu-west-1"
    assert str(key.source) == "components/keys/keys.py:12"
    assert graph.references(graph.one(BUCKET), "kmsKey") == [key]
    assert CANARY not in json.dumps(to_json(graph))
    assert graph.outputs["token"] is SECRET


def test_a_stack_export_is_the_same_graph() -> None:
    latest: Any = STATE["checkpoint"]
    assert from_checkpoint({"version": 3, "deployment": latest["latest"]}) == from_checkpoint(STATE)


def test_a_preview_is_the_graph_afterwards() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    urn = "urn:pulumi:dev::codekeep::aws:kms/key:Key::"
    state = {"urn": f"{urn}a", "custom": True, "type": KEY, "inputs": {"policy": unknown, "password": "[secret]"}}
    steps = [
        {"op": "create", "urn": f"{urn}a", "newState": state},
        {"op": "delete", "urn": f"{urn}b", "oldState": {**state, "urn": f"{urn}b"}},
    ]
    graph = from_preview({"steps": steps})
    assert [node.name for node in graph] == ["a"]
    assert graph.one(KEY).inputs == {"policy": UNKNOWN, "password": SECRET}


@pytest.mark.parametrize(
    ("read", "document", "message"),
    [
        (from_checkpoint, {"version": 2}, "`version` must be 3, got 2"),
        (from_checkpoint, {"version": 3}, "neither `deployment`"),
        (from_preview, {}, "list `steps`"),
        (from_json, {"version": 9}, "must be 1, got 9"),
    ],
)
def test_other_documents_are_refused(read: Callable[[Any], Any], document: Any, message: str) -> None:
    with pytest.raises(GraphSourceError, match=message):
        read(document)
