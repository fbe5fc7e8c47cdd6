"""Policy packs as separate processes: violations, remediations, configuration."""

import json
from pathlib import Path

import pytest
from codekeep_contracts.engine_events import PolicyRemediation, PolicyViolation

from sandbox.engine.values import ResourceReference
from tests.sandbox.engine.harness import Outcome, Res, Sandbox

PACKS = Path(__file__).parent / "packs"
STRICT, GENTLE, CURIOUS = PACKS / "strict", PACKS / "gentle", PACKS / "curious"


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


def test_a_violated_stack_policy_prevents_the_deletes(box: Sandbox) -> None:
    box.up([Res(name="old")])
    outcome = box.up([Res(name=str(index)) for index in range(4)], policy_packs=[STRICT])
    assert violations(outcome) == [("not-too-many", True, "")]
    assert not outcome.result.succeeded
    assert "old" in box.things()


def test_advice_is_shown_and_remediations_change_the_inputs(box: Sandbox) -> None:
    outcome = box.up([Res(name="a")], policy_packs=[GENTLE, STRICT])
    assert outcome.result.succeeded
    assert violations(outcome) == [("tagged", False, "a")]
    assert box.resource("a").inputs["owner"] == "platform"
    (remediation,) = [e for e in outcome.events if isinstance(e, PolicyRemediation)]
    assert [(c.path, c.new) for c in remediation.diff] == [("owner", "platform")]
    assert box.up([Res(name="a")], policy_packs=[GENTLE]).steps() == []


def test_a_missing_pack_is_an_error(box: Sandbox) -> None:
    outcome = box.up([Res(name="a")], policy_packs=[PACKS / "missing"])
    assert not outcome.result.succeeded
    assert "missing does not exist" in outcome.messages()


def config_file(tmp_path: Path, **settings: object) -> Path:
    path = tmp_path / "pack.json"
    path.write_text(json.dumps(settings))
    return path


def test_a_packs_configuration_lowers_one_policy_or_all(box: Sandbox, tmp_path: Path) -> None:
    program = [Res(name="a", props={"value": "evil"})]
    for settings in ({"all": "advisory"}, {"no-evil": {"enforcementLevel": "advisory"}}):
        config = config_file(tmp_path, **settings)
        outcome = box.run("preview", program, policy_packs=[STRICT], policy_pack_configs=[config])
        assert outcome.result.succeeded
        assert violations(outcome) == [("no-evil", False, "a")]
    settings = {"all": "advisory", "no-evil": "mandatory"}
    config = config_file(tmp_path, **settings)
    outcome = box.run("preview", program, policy_packs=[STRICT], policy_pack_configs=[config])
    assert violations(outcome) == [("no-evil", True, "a")]
    assert not outcome.result.succeeded


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"no-evil": "severe"}, "the level of no-evil must be one of advisory, mandatory, remediate, disabled"),
        ({"no-evil": 3}, "no-evil must be a level or an object, got 3"),
    ],
)
def test_an_invalid_configuration_is_an_error(
    box: Sandbox, tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    config = config_file(tmp_path, **settings)
    outcome = box.up([Res(name="a")], policy_packs=[STRICT], policy_pack_configs=[config])
    assert not outcome.result.succeeded
    assert message in outcome.messages()
    assert box.things() == []


def test_there_is_one_configuration_for_each_pack(box: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one file for each of the 2 packs or none, got 1"):
        box.up([Res(name="a")], policy_packs=[STRICT, GENTLE], policy_pack_configs=[config_file(tmp_path)])


def test_a_pack_reads_the_stacks_configuration_and_runs_in_its_folder(box: Sandbox) -> None:
    box.config = {"proj:allowed": "b"}
    outcome = box.up([Res(name="a", props={"value": "a"})], policy_packs=[CURIOUS])
    (message,) = [e.message for e in outcome.events if isinstance(e, PolicyViolation)]
    assert "allowed: b, stack: dev, project: proj, preview: False, folder: curious" in message


def test_a_pack_is_shown_resources_as_ids_and_nothing_internal(box: Sandbox) -> None:
    reference = ResourceReference("urn:pulumi:dev::proj::test:index:Thing::other", "id-1")
    outcome = box.up([Res(name="a", props={"uses": reference, "__mine": {"x": 1}})], policy_packs=[CURIOUS])
    (message,) = [e.message for e in outcome.events if isinstance(e, PolicyViolation)]
    assert "uses=id-1" in message
    assert "__mine" not in message
