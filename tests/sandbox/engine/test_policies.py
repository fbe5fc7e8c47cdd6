"""Policy packs, run as the processes that they are."""

from pathlib import Path

from sandbox.engine import PolicyRemediation, PolicyViolation
from tests.sandbox.engine.harness import Outcome, Res, Sandbox

PACKS = Path(__file__).parent / "packs"
STRICT, GENTLE = PACKS / "strict", PACKS / "gentle"


def violations(outcome: Outcome) -> list[tuple[str, bool, str]]:
    return [
        (e.policy, e.mandatory, e.urn.rsplit("::", 1)[-1]) for e in outcome.events if isinstance(e, PolicyViolation)
    ]


def test_a_mandatory_violation_stops_the_resource_before_its_provider_is_called(box: Sandbox) -> None:
    outcome = box.up([Res(name="a", props={"value": "evil"})], policy_packs=[STRICT])
    assert not outcome.result.succeeded
    assert violations(outcome) == [("no-evil", True, "a")]
    assert "is refused by policy no-evil" in outcome.messages()
    assert box.world.calls == []


def test_a_preview_shows_all_violations_and_fails_at_its_end(box: Sandbox) -> None:
    program = [Res(name=name, props={"value": "evil"}) for name in "ab"]
    outcome = box.run("preview", program, policy_packs=[STRICT])
    assert not outcome.result.succeeded
    assert sorted(violations(outcome)) == [("no-evil", True, "a"), ("no-evil", True, "b")]
    assert outcome.steps() == [("create", "a"), ("create", "b")] or len(outcome.steps()) == 2


def test_a_stack_policy_judges_at_the_end_and_keeps_the_deletes_from_running(box: Sandbox) -> None:
    box.up([Res(name="old")])
    outcome = box.up([Res(name=str(index)) for index in range(4)], policy_packs=[STRICT])
    assert violations(outcome) == [("not-too-many", True, "")]
    assert not outcome.result.succeeded
    assert "old" in box.things()


def test_advice_is_told_and_remediations_change_the_inputs(box: Sandbox) -> None:
    outcome = box.up([Res(name="a")], policy_packs=[GENTLE, STRICT])
    assert outcome.result.succeeded
    assert violations(outcome) == [("tagged", False, "a")]
    assert box.resource("a").inputs["owner"] == "platform"
    (remediation,) = [e for e in outcome.events if isinstance(e, PolicyRemediation)]
    assert [(c.path, c.new) for c in remediation.diff] == [("owner", "platform")]
    assert box.up([Res(name="a")], policy_packs=[GENTLE]).steps() == []


def test_a_missing_pack_is_told(box: Sandbox) -> None:
    outcome = box.up([Res(name="a")], policy_packs=[PACKS / "missing"])
    assert not outcome.result.succeeded
    assert "missing does not exist" in outcome.messages()
