"""Commands of a stack on the sandbox engine: up, preview, refresh, destroy, interruptions, errors."""

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Keep

KEY = "aws:kms/key:Key"
CANARY = "canary-77aa"
TAGS = """
import pulumi
import pulumi_aws as aws

home = aws.Provider("home", region="eu-west-1")
for number in range(12):
    aws.sqs.Queue(
        f"p{number}",
        tags={"team": pulumi.Config("small").get("digest")},
        opts=pulumi.ResourceOptions(provider=home),
    )
"""


def test_a_stack_is_deployed_updated_and_destroyed(keep: Keep, client: Callable[[str], Any]) -> None:
    keep.write()
    before = keep.sandbox("preview", "dev")
    assert "+  store (aws:kms/key:Key)" in before.out
    assert "preview of dev succeeded: 3 to create" in before.out
    assert "was never brought up" in keep.sandbox("outputs", "dev", code=2).err

    first = keep.sandbox("up", "dev", "--yes")
    assert "store            3 created" in first.out
    assert "up of dev succeeded: 3 created in" in first.out
    outputs = json.loads(keep.sandbox("outputs", "dev", "--json").out)
    assert outputs["token"] == "[secret]"
    assert client("kms").describe_key(KeyId=outputs["keyArn"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert json.loads(keep.sandbox("outputs", "dev", "--json", "--show-secrets").out)["token"] == CANARY

    again = keep.sandbox("up", "dev", "--yes", "--json")
    assert again.summary["counts"].keys() == {"same"}
    assert again.summary["resources"] == {"same": 3}
    assert again.summary["outputs"] == outputs

    keep.write(bucket="renamed-1234", window=9)
    change = keep.sandbox("preview", "dev")
    assert "deletionWindowInDays: 7 → 9" in change.out
    assert "+- store (aws:s3/bucket:Bucket)  replaced because of bucket" in change.out
    assert "1 to update, 1 to replace, 1 unchanged" in change.out
    assert "1 updated, 1 replaced, 1 unchanged" in keep.sandbox("up", "dev", "--yes").out
    assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == ["renamed-1234"]

    gone = keep.sandbox("destroy", "dev", "--yes")
    assert "destroy of dev succeeded: 3 deleted" in gone.out
    assert client("s3").list_buckets()["Buckets"] == []
    everything = "".join(ran.out + ran.err for ran in (before, first, again, change, gone))
    assert CANARY not in everything


def test_the_graph_of_a_state_contains_values_and_no_secrets(keep: Keep) -> None:
    keep.write().sandbox("up", "dev", "--yes")
    ran = keep.sandbox("graph", "dev", "--from", "state", "--format", "json")
    graph = json.loads(ran.out)
    assert {node["name"] for node in graph["nodes"]} >= {"store", "token", "home"}
    assert "$unknown" not in ran.out
    assert CANARY not in ran.out
    token = next(node for node in graph["nodes"] if node["name"] == "token")
    assert token["inputs"]["displayName"] == {"$secret": True}
    assert token["source"]["file"] == "program/__main__.py"
    recorded = json.loads(keep.run("graph", "dev", "--format", "json").out)
    urns = {node["urn"] for node in recorded["nodes"]}
    assert urns == {node["urn"] for node in graph["nodes"]}


def test_a_refresh_shows_changes_made_outside_of_pulumi(keep: Keep, client: Callable[[str], Any]) -> None:
    keep.write().sandbox("up", "dev", "--yes")
    bucket = json.loads(keep.sandbox("outputs", "dev", "--json").out)["bucket"]
    client("s3").delete_bucket(Bucket=bucket)
    ran = keep.sandbox("refresh", "dev", "--yes", "--json")
    changed = {
        event["name"]: event["op"] for event in ran.documents[:-1] if event.get("phase") == "done" and event["custom"]
    }
    assert changed
    assert ran.summary["status"] == "succeeded"
    assert "1 created, 2 unchanged" in keep.sandbox("up", "dev", "--yes").out


def test_many_equal_tag_updates_are_shown_as_one_line(keep: Keep) -> None:
    keep.write(program=TAGS, digest="a").sandbox("up", "dev", "--yes")
    keep.write(program=TAGS, digest="b")
    ran = keep.sandbox("preview", "dev")
    assert "~ 12 resources: tags only" in ran.out
    assert "team" not in ran.out


def test_with_json_standard_output_contains_only_json(keep: Keep) -> None:
    keep.write()
    for arguments in (
        ("preview", "dev"),
        ("up", "dev", "--yes"),
        ("refresh", "dev", "--yes"),
        ("destroy", "dev", "--yes"),
    ):
        ran = keep.sandbox(*arguments, "--json")
        kinds = {document["event"] for document in ran.documents}
        assert {"resource-step", "summary"} <= kinds
        assert ran.summary["operation"] == arguments[0]
        assert ran.summary["seconds"] > 0


def test_after_a_failed_resource_the_others_exist_and_the_next_up_continues(keep: Keep) -> None:
    bad = 'aws.kms.Alias("bad", name="alias/x", target_key_id="nope", opts=pulumi.ResourceOptions(provider=home))'
    wrong = f"{TAGS}\n{bad}\n"
    keep.write(program=wrong, digest="a")
    ran = keep.sandbox("up", "dev", "--yes", code=1)
    assert "x  bad (aws:kms/alias:Alias)" in ran.out
    assert "up of dev FAILED" in ran.out
    assert "continues from there" in ran.out
    keep.write(program=TAGS, digest="a")
    assert "up of dev succeeded" in keep.sandbox("up", "dev", "--yes").out


def test_ctrl_c_stops_cleanly_and_the_next_up_continues(keep: Keep) -> None:
    many = TAGS.replace("range(12)", "range(120)")
    keep.write(program=many, digest="a")
    process = keep.start("up", "dev", "--yes", "--json", "--engine", "sandbox")
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event.get("type") == "aws:sqs/queue:Queue" and event["phase"] == "done":
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Stopping" in err
    summary = json.loads(out.splitlines()[-1])
    assert summary["status"] == "cancelled"
    made = summary["resources"]["create"]
    assert 0 < made < 120
    rest = keep.sandbox("up", "dev", "--yes", "--json").summary["resources"]
    assert rest == {"create": 120 - made, "same": made}


def test_a_second_ctrl_c_kills_and_the_next_up_continues(keep: Keep) -> None:
    many = TAGS.replace("range(12)", "range(80)")
    keep.write(program=many, digest="a")
    process = keep.start("up", "dev", "--yes", "--json", "--engine", "sandbox")
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event.get("type") == "aws:sqs/queue:Queue" and event["phase"] == "done":
            break
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "Ctrl-C again to kill" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT, 1)  # 1 where the clean stop was quicker
    assert keep.sandbox("up", "dev", "--yes", "--json").summary["status"] == "succeeded"
    assert keep.sandbox("up", "dev", "--yes", "--json").summary["resources"] == {"same": 80}


def test_a_missing_account_is_reported_with_the_remedy(keep: Keep) -> None:
    keep.write().sandbox("up", "dev", "--yes")
    keep.run("sandbox", "reset", "--yes")
    for command in ("preview", "up"):
        ran = keep.sandbox(command, "dev", *(["--yes"] if command == "up" else []), code=2)
        assert "deployed on a sandbox account that is gone" in ran.err
        assert "codekeep refresh dev --yes" in ran.err
    keep.sandbox("refresh", "dev", "--yes")
    assert "3 created" in keep.sandbox("up", "dev", "--yes").out


def test_one_stack_reads_anothers_outputs(keep: Keep) -> None:
    keep.write("base", digest="a").sandbox("up", "base", "--yes")
    reading = (
        "import pulumi\n"
        'base = pulumi.StackReference("organization/small/base")\n'
        'pulumi.export("theirs", base.require_output("keyArn"))\n'
    )
    keep.write("top", program=reading)
    ran = keep.sandbox("up", "top", "--yes", "--json")
    assert ran.summary["outputs"]["theirs"].startswith("arn:aws:kms:eu-west-1:")


def test_kubernetes_objects_are_validated_by_the_clusters_schemas(keep: Keep) -> None:
    program = """
import pulumi
import pulumi_kubernetes as k8s

config = '{"current-context":"k","contexts":[{"name":"k","context":{"cluster":"k"}}],"clusters":[{"name":"k","cluster":{"server":"https://k"}}]}'
cluster = k8s.Provider("k", kubeconfig=config)
on = pulumi.ResourceOptions(provider=cluster)
space = k8s.core.v1.Namespace("space", metadata={"name": "space"}, opts=on)
settings = k8s.core.v1.ConfigMap("settings", metadata={"namespace": space.metadata.name}, FIELD={"a": "b"}, opts=on)
pulumi.export("name", settings.metadata.name)
"""
    keep.write(program=program.replace("FIELD", "data"))
    ran = keep.sandbox("up", "dev", "--yes", "--json")
    assert ran.summary["outputs"]["name"].startswith("settings-")
    assert keep.sandbox("up", "dev", "--yes", "--json").summary["resources"] == {"same": 2}
    wrong = program.replace("FIELD={", "binary_data={").replace('"a": "b"', '"a": 1')
    keep.write(program=wrong)
    assert "binaryData.a" in keep.sandbox("preview", "dev", code=1).out
    keep.sandbox("destroy", "dev", "--yes")


def test_a_policy_pack_checks_a_deployment(keep: Keep) -> None:
    pack = keep.root / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("name: pack\nruntime: python\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text(
        """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def long_window(args, report):
    if args.resource_type == "aws:kms/key:Key" and args.props["deletionWindowInDays"] < 30:
        report("deletionWindowInDays must be 30")


PolicyPack(
    name="pack",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="long-window", description="Long enough to notice.", validate=long_window)],
)
"""
    )
    keep.write()
    ran = keep.sandbox("up", "dev", "--yes", "--policy-pack", str(pack), code=1)
    assert "policy pack/long-window: store: Long enough to notice. deletionWindowInDays must be 30" in ran.out
    keep.write(window=30)
    made = keep.sandbox("up", "dev", "--yes", "--json", "--policy-pack", str(pack))
    # Resources that do not depend on the refused key may have been created before; the key was not.
    key = [event for event in made.documents if event.get("type") == KEY and event.get("phase") == "done"]
    assert [event["op"] for event in key] == ["create"]
    assert sum(made.summary["resources"].values()) == 3


@pytest.mark.parametrize("command", ["start", "status", "stop"])
def test_sandbox_commands_start_show_and_stop_the_account(keep: Keep, command: str) -> None:
    keep.write().run("sandbox", "start")
    ran = keep.run("sandbox", command)
    assert {"start": "sandbox account", "status": "running at http://127.0.0.1:", "stop": "stopped"}[command] in ran.out
