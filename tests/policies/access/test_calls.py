"""Every call that a keep needs is allowed by the policies of its graph."""

import json
from dataclasses import replace

import pytest

from tests.policies.access.calls import SOURCES, Call, calls
from tests.policies.access.denials import denials
from tests.policies.access.world import STACKS, Context, World, world

LEAST = {"demo": 400, "acme": 450, "pico": 200, "platform-eu-central-1": 200}


def asked(call: Call) -> tuple[str, str, str, Context]:
    return call.by, call.does, call.on, call.context


def refused(of: World, wanted: list[Call]) -> list[str]:
    answers = [(call, of.ask(*asked(call))) for call in wanted]
    return [f"{call}: {answer.because}" for call, answer in answers if not answer.allowed]


@pytest.mark.parametrize("stack", STACKS)
def test_every_call_is_allowed(stack: str) -> None:
    found = world(stack)
    wanted = calls(found)
    assert len(wanted) >= LEAST[stack]
    assert refused(found, wanted) == []


def test_every_call_has_a_source() -> None:
    assert {call.source for stack in STACKS for call in calls(world(stack))} == set(SOURCES)


def test_scalers_ask_aws_for_queue_lengths_alone() -> None:
    kinds = ("ScaledObject", "ScaledJob")
    scalers = world("demo").graph.of_type(*(f"kubernetes:keda.sh/v1alpha1:{kind}" for kind in kinds))
    asked = {trigger["type"] for each in scalers for trigger in each.inputs["spec"]["triggers"]}
    assert {each for each in asked if each.startswith("aws")} == {"aws-sqs-queue"}


def test_what_must_be_denied_is_denied_for_that_reason_alone() -> None:
    demo, acme = world("demo"), world("acme")
    found = denials(demo, acme)
    assert len(found) >= 100
    assert [each.name for each in found if demo.ask(*asked(each.call)).allowed] == []
    assert refused(demo, [each.instead for each in found]) == []


def test_a_domain_that_names_its_readers_opens_every_index_to_them() -> None:
    """Policies of one account add up: what the domain's policy allows a role, the role's own need not."""
    demo, node = world("demo"), world("demo").node("aws:opensearch/domain:Domain", "index")
    policy = json.loads(node.inputs["accessPolicies"])
    [readers] = [each for each in policy["Statement"] if each["Sid"] == "Readers"]
    readers["Principal"] = {"AWS": readers.pop("Condition")["ArnLike"]["aws:PrincipalArn"]}
    changed = replace(node, inputs={**node.inputs, "accessPolicies": json.dumps(policy)})
    nodes = tuple(changed if each is node else each for each in demo.graph)
    broken = World(demo.stack, demo.tenant, replace(demo.graph, nodes=nodes))
    found = [each for each in denials(demo, world("acme")) if broken.ask(*asked(each.call)).allowed]
    assert "another tenant's index" in {each.name for each in found}


def test_nodes_do_not_boot_under_a_held_key_without_its_grant() -> None:
    acme = world("acme")
    booting = [call for call in calls(acme) if call.source == "scaling" and call.on == acme.key("code")]
    assert "777788889999" in acme.key("code")
    assert refused(acme, booting) == []
    kept = tuple(each for each in acme.graph if each.type != "aws:kms/grant:Grant")
    assert len(kept) < len(acme.graph)
    assert refused(World("acme", "acme", replace(acme.graph, nodes=kept)), booting) != []
