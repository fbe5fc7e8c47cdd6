"""Effects of up, preview, refresh and destroy on real resources and on the state."""

import threading

import pytest
from codekeep_contracts.engine_events import Phase, ResourceStep, Status

from sandbox.engine.values import Secret
from tests.sandbox.engine.harness import GROUP, Call, Ref, Res, Sandbox


def a(**props: object) -> Res:
    return Res(name="a", props=props)


def test_up_creates_in_dependency_order_and_a_second_one_changes_nothing(box: Sandbox) -> None:
    program = [
        Res(name="net"),
        Res(name="group", type=GROUP),
        Res(name="disk", props={"uses": [Ref("net")]}, parent="group"),
        Res(name="vm", props={"needs": [Ref("disk"), Ref("net")]}, parent="group"),
    ]
    first = box.up(program, {"vm": Ref("vm", "token")})
    assert first.result.succeeded
    assert [name for op, name in first.steps() if op == "create"][-2:] == ["disk", "vm"]
    assert box.names() == box.things() == ["disk", "net", "vm"]
    assert first.result.outputs["vm"].startswith("token-vm-")
    written = (box.folder / ".pulumi/stacks/proj/dev.json").read_bytes()

    second = box.up(program, {"vm": Ref("vm", "token")})
    assert second.result.succeeded
    assert second.steps() == []
    assert (box.folder / ".pulumi/stacks/proj/dev.json").read_bytes() == written
    assert [call["call"] for call in box.world.calls] == ["create"] * 3


def test_preview_shows_the_steps_of_up_and_changes_nothing(box: Sandbox) -> None:
    program = [a(value="1"), Res(name="b", props={"uses": [Ref("a")]})]
    outcome = box.run("preview", program)
    assert outcome.result.succeeded
    assert outcome.steps() == [("create", "a"), ("create", "b")]
    assert box.world.calls == []
    assert not (box.folder / ".pulumi/stacks/proj/dev.json").exists()
    assert {c.path: c.new for c in outcome.event("create", "b").diff}["uses"] == ["[unknown]"]


def test_an_update_changes_in_place_and_reports_the_property(box: Sandbox) -> None:
    box.up([a(value="1")])
    id_ = box.resource("a").id
    outcome = box.up([a(value="2")])
    assert outcome.steps() == [("update", "a")]
    assert [(c.path, c.kind.value, c.old, c.new) for c in outcome.event("update", "a").diff] == [
        ("value", "update", "1", "2")
    ]
    assert box.resource("a").id == id_
    assert box.world.objects[id_]["value"] == "2"


def test_a_replacement_is_created_then_dependents_are_updated_then_the_old_one_is_deleted(box: Sandbox) -> None:
    def program(force: str) -> list[Res]:
        return [a(force=force), Res(name="b", props={"uses": [Ref("a")]})]

    box.up(program("1"))
    old = box.resource("a").id
    outcome = box.up(program("2"))
    assert outcome.steps() == [("create-replacement", "a"), ("update", "b"), ("delete-replaced", "a")]
    assert outcome.event("create-replacement", "a").replace_keys == ("force",)
    assert outcome.result.counts["replace"] == 1
    assert old not in box.world.objects
    assert box.world.broken == []
    assert box.names() == box.things() == ["a", "b"]


def test_delete_before_replace_replaces_dependents_that_need_the_resource(box: Sandbox) -> None:
    def program(solo: str) -> list[Res]:
        return [
            a(solo=solo),
            Res(name="needs", props={"needs": [Ref("a")]}),
            Res(name="uses", props={"uses": [Ref("a")]}),
            Res(name="last", props={"needs": [Ref("needs")]}),
        ]

    box.up(program("1"))
    outcome = box.up(program("2"))
    assert outcome.result.succeeded
    steps = outcome.steps()
    assert steps[:4] == [
        ("delete-replaced", "last"),
        ("delete-replaced", "needs"),
        ("delete-replaced", "a"),
        ("create-replacement", "a"),
    ]
    assert sorted(steps[4:]) == [("create-replacement", "last"), ("create-replacement", "needs"), ("update", "uses")]
    assert box.world.broken == []
    assert box.names() == box.things() == ["a", "last", "needs", "uses"]
    assert box.up(program("2")).steps() == []


@pytest.mark.parametrize("chosen", [True, False])
def test_the_program_chooses_delete_before_replace_over_the_provider(box: Sandbox, chosen: bool) -> None:
    def program(**props: str) -> list[Res]:
        return [Res(name="a", props=props, options={"deleteBeforeReplace": chosen, "deleteBeforeReplaceDefined": True})]

    box.up(program(force="1", solo="1"))
    changed = {"force": "2", "solo": "1"} if chosen else {"force": "1", "solo": "2"}
    expected = ["delete-replaced", "create-replacement"]
    assert [op for op, _ in box.up(program(**changed)).steps()] == (expected if chosen else expected[::-1])


def test_resources_no_longer_registered_are_deleted_dependants_first(box: Sandbox) -> None:
    box.up([Res(name="a"), Res(name="b", props={"needs": [Ref("a")]}), Res(name="c", depends_on=["b"]), Res(name="d")])
    outcome = box.up([Res(name="d")])
    assert outcome.steps() == [("delete", "c"), ("delete", "b"), ("delete", "a")]
    assert box.world.broken == []
    assert box.names() == box.things() == ["d"]


def test_destroy_removes_everything(box: Sandbox) -> None:
    box.up([Res(name="g", type=GROUP), Res(name="a", parent="g"), Res(name="b", props={"needs": [Ref("a")]})])
    outcome = box.run("destroy")
    assert outcome.result.succeeded
    assert outcome.steps() == [("delete", "b"), ("delete", "a"), ("delete", "g")]
    assert box.world.objects == {}
    assert box.state().resources == {}


def test_refresh_records_changes_made_outside_of_the_engine(box: Sandbox) -> None:
    program = [a(value="1"), Res(name="b", props={"uses": [Ref("a")]})]
    box.up(program)
    drifted, gone = box.resource("a").id, box.resource("b").id
    box.world.objects[drifted]["value"] = "drifted"
    del box.world.objects[gone]
    outcome = box.run("refresh")
    assert sorted(outcome.steps()) == [("delete", "b"), ("refresh", "a")]
    assert ("value", "1", "drifted") in {(c.path, c.old, c.new) for c in outcome.event("refresh", "a").diff}
    assert box.names() == ["a"]

    assert sorted(box.up(program).steps()) == [("create", "b"), ("update", "a")]
    assert box.world.objects[drifted]["value"] == "1"


def test_after_a_failed_resource_the_others_are_recorded_and_the_next_up_continues(box: Sandbox) -> None:
    program = [Res(name="a"), Res(name="b", props={"uses": [Ref("a")]}), Res(name="c", props={"uses": [Ref("b")]})]
    box.world.faults["create:b"] = "fail"
    outcome = box.up(program)
    assert outcome.result.status is Status.FAILED
    assert outcome.result.exit_code == 1
    assert "the cloud refuses to create b" in outcome.messages()
    assert outcome.steps(Phase.FAILED) == [("create", "b")]
    assert box.names() == box.things() == ["a"]

    del box.world.faults["create:b"]
    assert box.up(program).steps() == [("create", "b"), ("create", "c")]


def test_a_failed_run_deletes_nothing(box: Sandbox) -> None:
    box.up([Res(name="old")])
    box.world.faults["create:new"] = "fail"
    assert not box.up([Res(name="new")]).result.succeeded
    assert box.names() == box.things() == ["old"]


def test_a_failed_delete_keeps_its_dependencies_and_the_others_are_deleted(box: Sandbox) -> None:
    box.up([Res(name="a"), Res(name="b", props={"needs": [Ref("a")]}), Res(name="c")])
    box.world.faults["delete:b"] = "fail"
    outcome = box.run("destroy")
    assert outcome.result.status is Status.FAILED
    assert box.names() == box.things() == ["a", "b"]
    box.world.faults.clear()
    assert box.run("destroy").result.succeeded
    assert box.world.objects == {}


def test_a_resource_that_failed_to_initialize_is_recorded_and_updated_by_the_next_up(box: Sandbox) -> None:
    box.world.faults["create:a"] = "init"
    assert not box.up([a(value="1")]).result.succeeded
    assert box.resource("a").init_errors == ("it did not become ready",)
    assert box.names() == box.things() == ["a"]

    box.world.faults.clear()
    assert box.up([a(value="1")]).steps() == [("update", "a")]
    assert box.resource("a").init_errors == ()
    assert box.up([a(value="1")]).steps() == []


def test_invalid_inputs_are_refused_before_anything_is_created(box: Sandbox) -> None:
    outcome = box.up([a(value="invalid")])
    assert not outcome.result.succeeded
    assert "test:index:Thing 'a' has a problem: value: must not be 'invalid'" in outcome.messages()
    assert box.world.calls == []


def test_a_cancelled_run_starts_no_step_and_cancels_the_plugins(box: Sandbox) -> None:
    cancel = threading.Event()

    def stop(event: object) -> None:
        if isinstance(event, ResourceStep) and event.name == "a" and event.phase is Phase.STARTED:
            cancel.set()

    program = [Res(name="a"), Res(name="b", props={"uses": [Ref("a")]})]
    outcome = box.run("up", program, on_event=stop, cancel=cancel)
    assert outcome.result.status is Status.CANCELLED
    assert outcome.steps() == [("create", "a")]  # running steps ended
    assert box.world.cancelled
    assert box.up(program).steps() == [("create", "b")]


def test_two_resources_of_one_name_are_refused(box: Sandbox) -> None:
    outcome = box.up([Res(name="x"), Call(name="wait", token="test:index:echo"), Res(name="x")])
    assert not outcome.result.succeeded
    assert "two resources have the URN urn:pulumi:dev::proj::test:index:Thing::x" in outcome.messages()


def test_secrets_are_encrypted_in_the_state_and_never_shown(box: Sandbox) -> None:
    outcome = box.up(
        [a(password=Secret("hunter2"))], {"pw": Ref("a", "password"), "all": {"x": [Ref("a", "password")]}}
    )
    assert outcome.result.succeeded
    assert outcome.result.outputs == {"pw": "[secret]", "all": {"x": ["[secret]"]}}
    assert outcome.result.secret_outputs == {"pw", "all"}
    changed = box.up([a(password=Secret("hunter3"))], {"pw": Ref("a", "password")})
    assert [(c.path, c.old, c.new) for c in changed.event("update", "a").diff] == [("password", "[secret]", "[secret]")]
    shown = repr(outcome.events) + repr(changed.events) + repr(outcome.result) + repr(changed.result)
    files = b"".join(path.read_bytes() for path in box.folder.rglob("*") if path.is_file())
    assert b"ciphertext" in files
    assert "hunter" not in shown
    assert b"hunter" not in files
    assert box.state().outputs == {"pw": Secret("hunter3")}
