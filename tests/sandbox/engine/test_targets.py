"""An `up` that is limited to some resources."""

from tests.sandbox.engine.harness import GROUP, Ref, Res, Sandbox

PROGRAM = [
    Res(name="g", type=GROUP),
    Res(name="a", parent="g"),
    Res(name="b", parent="g", props={"needs": [Ref("a")]}),
    Res(name="h", type=GROUP, parent="g"),
    Res(name="c", parent="h", props={"needs": [Ref("b")]}),
]


def urns(box: Sandbox, *names: str) -> frozenset[str]:
    """URNs of the names, from a preview, with those of the providers."""
    outcome = box.run("preview", PROGRAM)
    found = {step.name: step.urn for step in outcome.events if hasattr(step, "urn") and getattr(step, "name", "")}
    return frozenset({*(found[name] for name in names), *(urn for urn in found.values() if "pulumi:providers" in urn)})


def test_only_targets_are_made_and_the_rest_follows(box: Sandbox) -> None:
    first = box.up(PROGRAM, {"known": "yes"}, targets=urns(box, "g", "a"))
    assert first.result.succeeded, first.messages()
    assert box.names() == box.things() == ["a"]
    assert not box.state().outputs  # the stack's are those of a whole run

    second = box.up(PROGRAM, {"known": "yes"})
    assert second.result.succeeded, second.messages()
    assert box.names() == box.things() == ["a", "b", "c"]
    assert ("create", "a") not in second.steps()
    assert box.state().outputs == {"known": "yes"}


def test_what_is_no_target_is_neither_changed_nor_deleted(box: Sandbox) -> None:
    targets = urns(box, "g", "a")
    box.up(PROGRAM)
    changed = [
        Res(name="g", type=GROUP),
        Res(name="a", parent="g", props={"value": "2"}),
        Res(name="b", parent="g", props={"needs": [Ref("a")], "value": "2"}),
    ]
    outcome = box.up(changed, targets=targets)
    assert [step for step in outcome.steps() if step[0] not in ("same", "read")] == [("update", "a")]
    assert box.things() == ["a", "b", "c"]


def test_a_target_that_needs_what_is_left_out_is_refused(box: Sandbox) -> None:
    outcome = box.up(PROGRAM, targets=urns(box, "g", "b"))
    assert not outcome.result.succeeded
    assert "which does not exist; add it to the targets" in outcome.messages()
    assert box.things() == []


def test_a_reference_to_another_stack_is_read_though_no_provider_is_a_target(box: Sandbox) -> None:
    """Such a stack could not be made in stages: its engine's own provider is in no state yet."""
    box.stack_name = "platform"
    box.up([], {"region": "x"})
    box.stack_name = "dev"
    program = [
        Res(name="ref", type="pulumi:pulumi:StackReference", read_id="platform", props={"name": "platform"}),
        Res(name="made"),
    ]
    outcome = box.run("preview", program)
    made = frozenset(step.urn for step in outcome.events if getattr(step, "name", "") == "made")
    assert len(made) == 1
    first = box.up(program, targets=made)
    assert first.result.succeeded, first.messages()
    assert {("read", "ref"), ("create", "made")} <= set(first.steps())
