"""Resource options: each as Pulumi documents it."""

import pytest
from codekeep_contracts.engine_events import OutputsChanged

from sandbox.engine.values import Secret
from tests.sandbox.engine.harness import GROUP, Call, Ref, Res, Sandbox


def thing(name: str = "a", *, props: dict | None = None, **options: object) -> Res:
    return Res(name=name, props=props or {}, options=options)


def test_protect_refuses_replacement_and_deletion_and_allows_updates(box: Sandbox) -> None:
    box.up([thing(props={"force": "1"}, protect=True)])
    assert box.resource("a").protect
    replaced = box.up([thing(props={"force": "2"}, protect=True)])
    assert "is protected and cannot be replaced (force changed)" in replaced.messages()
    removed = box.up([])
    assert "is protected and cannot be deleted" in removed.messages()
    assert not box.run("destroy").result.succeeded
    assert box.names() == box.things() == ["a"]
    assert box.up([thing(props={"force": "1", "value": "x"}, protect=True)]).steps() == [("update", "a")]
    # Removing the protection and replacing may happen in one run.
    assert box.up([thing(props={"force": "2", "value": "x"}, protect=False)]).result.succeeded
    assert box.run("destroy").result.succeeded


def test_protect_is_inherited_from_the_parent(box: Sandbox) -> None:
    group = Res(name="g", type=GROUP, options={"protect": True})
    box.up([group, Res(name="a", parent="g")])
    assert box.resource("a").protect


def test_delete_before_replace_does_not_delete_a_protected_dependent(box: Sandbox) -> None:
    def program(solo: str) -> list[Res]:
        return [thing(props={"solo": solo}), thing("b", props={"needs": [Ref("a")]}, protect=True)]

    box.up(program("1"))
    outcome = box.up(program("2"))
    assert "must be deleted before it is replaced, and" in outcome.messages()
    assert box.names() == box.things() == ["a", "b"]


def test_retain_on_delete_keeps_the_real_resource(box: Sandbox) -> None:
    box.up([thing(retainOnDelete=True), thing("b")])
    outcome = box.up([])
    assert sorted(outcome.steps()) == [("delete", "a"), ("delete", "b")]
    assert outcome.event("delete", "a").retained
    assert not outcome.event("delete", "b").retained
    assert box.things() == ["a"]
    assert box.names() == []


def test_ignore_changes_keeps_the_old_value(box: Sandbox) -> None:
    box.up([thing(props={"value": "1", "tags": {"x": "1", "y": "1"}})])
    new = {"value": "2", "tags": {"x": "2", "y": "2"}}
    outcome = box.up([thing(props=new, ignoreChanges=["value", "tags.x"])])
    assert [change.path for change in outcome.event("update", "a").diff] == ["tags.y"]
    assert box.resource("a").inputs["tags"] == {"x": "1", "y": "2"}
    assert box.resource("a").inputs["value"] == "1"


def test_replace_on_changes_replaces_where_the_path_changed_only(box: Sandbox) -> None:
    def program(x: str, y: str) -> list[Res]:
        return [thing(props={"tags": {"x": x, "y": y}}, replaceOnChanges=["tags.x"])]

    box.up(program("1", "1"))
    assert box.up(program("1", "2")).steps() == [("update", "a")]
    assert box.up(program("2", "2")).steps() == [("create-replacement", "a"), ("delete-replaced", "a")]


def test_depends_on_orders_creation_and_deletion(box: Sandbox) -> None:
    box.up([thing("a"), Res(name="b", depends_on=["a"])])
    urn = box.resource("a").urn
    assert box.resource("b").dependencies == (urn,)
    assert box.run("destroy").steps() == [("delete", "b"), ("delete", "a")]


def test_deleted_with_skips_the_delete_call_and_leaves_the_state_with_its_container(box: Sandbox) -> None:
    box.up([thing("bucket"), Res(name="object", props={"uses": [Ref("bucket")]}, deleted_with="bucket")])
    box.world.faults["delete:bucket"] = "fail"
    assert not box.run("destroy").result.succeeded
    assert box.names() == ["bucket", "object"]  # not lost while the container exists
    box.world.faults.clear()
    assert box.run("destroy").result.succeeded
    assert [call["call"] for call in box.world.calls] == ["create", "create", "delete"]
    assert box.names() == []


def test_a_resource_is_deleted_normally_if_its_deleted_with_stays(box: Sandbox) -> None:
    bucket = thing("bucket")
    box.up([bucket, Res(name="object", deleted_with="bucket")])
    box.up([bucket])
    assert box.things() == ["bucket"]


def test_an_alias_keeps_a_renamed_resource(box: Sandbox) -> None:
    box.up([thing("old", props={"value": "1"}), Res(name="b", props={"uses": [Ref("old")]})])
    id_ = box.resource("old").id
    renamed = [
        Res(name="new", props={"value": "1"}, aliases=[{"name": "old"}]),
        Res(name="b", props={"uses": [Ref("new")]}),
    ]
    # The real object keeps its name, so nothing changes.
    assert box.up(renamed).steps() == []
    assert box.resource("new").id == id_
    assert box.resource("b").dependencies == (box.resource("new").urn,)
    assert box.up(renamed).steps() == []


def test_children_follow_the_alias_of_their_parent(box: Sandbox) -> None:
    box.up([Res(name="old", type=GROUP), Res(name="old-x", parent="old"), Res(name="y", parent="old")])
    moved = [
        Res(name="new", type=GROUP, aliases=[{"name": "old"}]),
        Res(name="new-x", parent="new"),
        Res(name="y", parent="new"),
    ]
    assert box.up(moved).steps() == []
    assert box.names() == ["new-x", "y"]


def test_an_alias_of_type_and_parent_and_a_complete_urn(box: Sandbox) -> None:
    box.up([Res(name="g", type=GROUP), Res(name="x", parent="g"), Res(name="y")])
    urn = box.resource("y").urn
    outcome = box.up(
        [
            Res(name="g", type=GROUP),
            Res(name="x", aliases=[{"parentUrn": f"urn:pulumi:dev::proj::{GROUP}::g"}]),
            Res(name="z", options={"aliasURNs": [urn]}),
        ]
    )
    assert outcome.result.succeeded
    assert outcome.steps() == []


def test_two_resources_with_one_alias_are_refused(box: Sandbox) -> None:
    box.up([thing("old")])
    outcome = box.up(
        [Res(name="n1", aliases=[{"name": "old"}]), Res(name="n2", aliases=[{"name": "old"}], depends_on=["n1"])]
    )
    assert "has the alias urn:pulumi:dev::proj::test:index:Thing::old" in outcome.messages()


def test_additional_secret_outputs_are_secret(box: Sandbox) -> None:
    outcome = box.up([thing(additionalSecretOutputs=["token"])], {"t": Ref("a", "token")})
    assert outcome.result.outputs == {"t": "[secret]"}
    assert isinstance(box.resource("a").outputs["token"], Secret)
    assert box.up([thing(additionalSecretOutputs=["token"])], {"t": Ref("a", "token")}).steps() == []


def test_custom_timeouts_reach_the_provider_in_seconds(box: Sandbox) -> None:
    box.up([thing(customTimeouts={"create": "1h30m", "delete": "90s"})])
    assert box.resource("a").custom_timeouts == {"create": 5400.0, "delete": 90.0}
    assert box.world.timeouts == {"create:a": 5400.0}
    box.run("destroy")
    assert box.world.timeouts == {"create:a": 5400.0, "delete:a": 90.0}


def test_a_bad_timeout_is_refused(box: Sandbox) -> None:
    outcome = box.up([thing(customTimeouts={"create": "soon"})])
    assert "customTimeouts must look like 90s, 5m or 1h30m, got 'soon'" in outcome.messages()


def test_import_records_an_existing_resource(box: Sandbox) -> None:
    box.world.record("create", "elsewhere::made-by-hand", "hand-1", {"value": "v", "name": "n"})
    outcome = box.up([thing(props={"value": "v", "name": "n"}, importId="hand-1")])
    assert outcome.steps() == [("import", "a")]
    assert box.resource("a").id == "hand-1"
    assert box.resource("a").import_id == "hand-1"
    assert box.up([thing(props={"value": "v", "name": "n"}, importId="hand-1")]).steps() == []
    assert box.up([thing(props={"value": "w", "name": "n"})]).steps() == [("update", "a")]
    assert len(box.world.objects) == 1


@pytest.mark.parametrize(
    ("props", "id_", "message"),
    [
        ({"value": "other", "name": "n"}, "hand-1", "the inputs do not match what exists as 'hand-1' (value)"),
        ({"value": "v"}, "nothing", "nothing exists as 'nothing'"),
    ],
)
def test_import_refuses_what_does_not_match(box: Sandbox, props: dict, id_: str, message: str) -> None:
    box.world.record("create", "elsewhere::made-by-hand", "hand-1", {"value": "v", "name": "n"})
    outcome = box.up([thing(props=props, importId=id_)])
    assert not outcome.result.succeeded
    assert message in outcome.messages()
    assert box.names() == []


def test_read_resources_are_recorded_and_never_deleted(box: Sandbox) -> None:
    box.world.record("create", "elsewhere::made-by-hand", "hand-1", {"value": "v"})
    outcome = box.up(
        [Res(name="r", read_id="hand-1"), Res(name="a", props={"uses": [Ref("r")]})], {"v": Ref("r", "value")}
    )
    assert ("read", "r") in outcome.steps()
    assert outcome.result.outputs == {"v": "v"}
    assert box.resource("r").external
    box.run("destroy")
    assert list(box.world.objects) == ["hand-1"]
    assert box.names() == []


def test_reading_what_does_not_exist_fails(box: Sandbox) -> None:
    outcome = box.up([Res(name="r", read_id="nothing")])
    assert "nothing exists as 'nothing'" in outcome.messages()


def test_at_a_preview_invokes_that_depend_on_new_resources_are_unknown(box: Sandbox) -> None:
    program = [thing("a"), Call(name="e", token="test:index:echo", args={"x": [1, "two"]}, depends_on=["a"])]
    preview = box.run("preview", program)
    assert preview.program is not None
    assert preview.program.results["e"].result()[1] == {"$unknown": True}
    outcome = box.up(program)
    assert outcome.program is not None
    assert outcome.program.results["e"].result()[1] == {"$unknown": False, "echo": {"x": [1, "two"]}}
    again = box.run("preview", program)
    assert again.program is not None
    assert again.program.results["e"].result()[1]["$unknown"] is False


def test_the_program_can_handle_a_failed_invoke(box: Sandbox) -> None:
    outcome = box.up([Call(name="e", token="test:index:missing")])
    assert outcome.program is not None
    assert "no function test:index:missing" in outcome.program.errors[0]


@pytest.mark.parametrize(
    ("options", "feature"),
    [
        ({"remote": True}, "remote components"),
        ({"replace_with": ["urn:pulumi:dev::proj::a::b"]}, "replaceWith"),
        ({"hooks": {"before_create": ["h"]}}, "resource hooks"),
    ],
)
def test_unsupported_features_are_refused_by_name(box: Sandbox, options: dict, feature: str) -> None:
    outcome = box.up([thing(**options)])
    assert not outcome.result.succeeded
    assert f"test:index:Thing 'a' uses {feature}, which the sandbox engine does not support" in outcome.messages()


def test_changed_stack_outputs_are_an_event(box: Sandbox) -> None:
    box.up([], {"x": "1"})
    events = [event for event in box.up([], {"x": "2"}).events if isinstance(event, OutputsChanged)]
    assert [(c.path, c.old, c.new) for c in events[0].diff] == [("x", "1", "2")]
    assert not [event for event in box.up([], {"x": "2"}).events if isinstance(event, OutputsChanged)]
