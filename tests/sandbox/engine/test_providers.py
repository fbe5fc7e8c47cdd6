"""Providers as resources: default and explicit ones, their configuration, and stack references."""

import pytest

from sandbox.engine.engine import Engine
from sandbox.engine.values import Secret
from tests.sandbox.engine.harness import Call, Ref, Res, Sandbox

PROVIDER = "pulumi:providers:test"


def provider(name: str = "prov", **props: object) -> Res:
    return Res(name=name, type=PROVIDER, props=props)


def test_the_default_provider_is_configured_from_the_stacks_config(box: Sandbox) -> None:
    box.config = {"test:region": "eu", "test:token": "hunter2", "proj:other": "x"}
    box.secret_keys = frozenset({"test:token"})
    box.up([Res(name="a", options={"version": "7.51.0"})])
    state = box.resource("default_7_51_0")
    assert state.type == PROVIDER
    assert state.inputs == {
        "region": "eu",
        "token": Secret("hunter2"),
        "version": "7.51.0",
        "__internal": {},
    }
    assert box.world.configured == [{"region": "eu", "token": "hunter2", "version": "7.51.0"}]
    assert box.resource("a").provider == f"{state.urn}::{state.id}"


def test_one_default_provider_serves_all_resources_of_a_version(box: Sandbox) -> None:
    box.up([Res(name=f"r{index}") for index in range(12)])
    assert len(box.world.configured) == 1
    assert len([s for s in box.state().resources.values() if s.type == PROVIDER]) == 1


def test_an_explicit_provider_serves_those_that_name_it(box: Sandbox) -> None:
    program = [provider(region="us"), Res(name="a", provider="prov"), Res(name="b")]
    box.up(program)
    assert sorted(config.get("region", "") for config in box.world.configured) == ["", "us"]
    assert box.resource("a").provider.startswith(box.resource("prov").urn)
    assert box.resource("b").provider.startswith(box.resource("default").urn)
    assert box.up(program).steps() == []
    assert box.run("preview", program).steps() == []
    assert box.run("destroy").result.succeeded
    assert box.world.objects == {}


def test_a_provider_config_change_in_place_changes_no_resource(box: Sandbox) -> None:
    box.up([provider(region="us"), Res(name="a", provider="prov")])
    outcome = box.up([provider(region="eu"), Res(name="a", provider="prov")])
    assert outcome.steps() == []
    assert outcome.result.counts["update"] == 1
    assert box.world.configured[-1]["region"] == "eu"


def test_replacing_a_provider_replaces_its_resources(box: Sandbox) -> None:
    box.up([provider(account="1"), Res(name="a", provider="prov")])
    outcome = box.up([provider(account="2"), Res(name="a", provider="prov")])
    assert outcome.result.succeeded
    assert outcome.steps() == [("create-replacement", "a"), ("delete-replaced", "a")]
    assert len([s for s in box.state().resources.values() if s.name == "prov"]) == 1
    assert box.up([provider(account="2"), Res(name="a", provider="prov")]).steps() == []


def test_a_provider_with_unknown_config_previews_and_then_deploys(box: Sandbox) -> None:
    program = [
        Res(name="a"),
        provider(region=Ref("a", "token")),
        Res(name="b", provider="prov", props={"value": "1"}),
    ]
    preview = box.run("preview", program)
    assert preview.result.succeeded
    assert sorted(preview.steps()) == [("create", "a"), ("create", "b")]
    assert box.up(program).result.succeeded
    assert box.up(program).steps() == []


def test_a_refused_provider_config_is_an_error(box: Sandbox) -> None:
    outcome = box.up([provider(region="nowhere"), Res(name="a", provider="prov")])
    assert "pulumi:providers:test 'prov' has a problem: region: must exist" in outcome.messages()
    assert box.world.calls == []


def test_a_package_without_plugin_is_an_error(box: Sandbox) -> None:
    outcome = box.up([Res(name="a", type="azure:storage:Account")])
    assert "no plugin for package 'azure'; the sandbox has test" in outcome.messages()


def reference(name: str) -> Res:
    return Res(name="ref", type="pulumi:pulumi:StackReference", read_id=name, props={"name": name})


@pytest.mark.parametrize("name", ["other", "organization/other", "organization/proj/other"])
def test_a_stack_reference_reads_the_outputs_of_another_stack(box: Sandbox, name: str) -> None:
    box.stack_name = "other"
    box.up([], {"plain": {"x": 1}, "hidden": Secret("hunter2")})
    box.stack_name = "dev"
    program = [
        reference(name),
        Res(name="a", props={"value": Ref("ref", "outputs")}),
        Call(name="out", token="pulumi:pulumi:readStackOutputs", args={"name": name}),
    ]
    outcome = box.up(program)
    assert outcome.result.succeeded, outcome.messages()
    expected = {"plain": {"x": 1}, "hidden": Secret("hunter2")}
    state = box.resource("ref")
    assert state.outputs == {"name": name, "outputs": expected, "secretOutputNames": ["hidden"]}
    assert state.external
    assert outcome.program is not None
    assert outcome.program.results["out"].result()[1]["outputs"] == expected
    assert box.up(program).steps() == [("read", "ref")]
    assert box.run("refresh").result.succeeded
    assert box.run("destroy").result.succeeded


def test_a_registered_stack_reference_reads_outputs(box: Sandbox) -> None:
    box.stack_name = "other"
    box.up([], {"x": 1})
    box.stack_name = "dev"
    program = [Res(name="ref", type="pulumi:pulumi:StackReference", props={"name": "other"})]
    assert box.up(program, {"o": Ref("ref", "outputs")}).result.outputs == {"o": {"x": 1}}
    assert box.up(program, {"o": Ref("ref", "outputs")}).steps() == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "stack reference 'missing': no such stack"),
        ("acme/proj/other", "the only organization here is 'organization'"),
        ("../../etc", "must be stack, organization/stack or organization/project/stack"),
    ],
)
def test_a_stack_reference_to_a_missing_stack_is_an_error(box: Sandbox, name: str, message: str) -> None:
    outcome = box.up([reference(name)])
    assert not outcome.result.succeeded
    assert message in outcome.messages() or "organization" in outcome.messages()


def test_a_state_can_be_read_without_its_passphrase(box: Sandbox) -> None:
    box.up([Res(name="a", props={"password": Secret("hunter2")})], {"s": Secret("x")})
    state = Engine.stack(box.folder, "proj", "dev")
    assert state.outputs == {"s": Secret("[secret]")}
    assert "hunter2" not in str([s.inputs for s in state.resources.values()])
