"""The catalogue against the shipped stacks: no rule fires on them, and each notices when what it guards is broken."""

import pytest

from policies.catalogue import catalogue
from policies.rule import Case, judge_all
from tests.policies.mutants import caught, mutants
from tests.policies.tenants import STACKS, recorded

FEWEST_CAUGHT = 0.99


@pytest.mark.parametrize("stack", STACKS)
def test_no_rule_fires_on_a_shipped_stack(stack: str) -> None:
    graph, facts = recorded(stack)
    assert len(graph.resources) > 100
    assert judge_all(catalogue(), Case(facts=facts, graph=graph)) == []


@pytest.mark.parametrize("stack", ["demo", "acme"])
def test_breaking_what_a_rule_guards_is_noticed_by_that_rule(stack: str) -> None:
    graph, facts = recorded(stack)
    made = list(mutants(graph, catalogue(), facts))
    survivors = [str(mutant) for mutant in made if not caught(mutant, facts)]
    assert {mutant.rule.id for mutant in made} >= {"key-rotation", "region-resources", "region-arns"}
    assert len(survivors) <= len(made) * (1 - FEWEST_CAUGHT), "\n".join(survivors)


def test_every_rule_says_why_and_what_to_do() -> None:
    rules = catalogue()
    assert rules
    for rule in rules:
        assert rule.title, rule.id
        assert rule.why, rule.id
        assert rule.remedy, rule.id
        assert rule.frameworks, rule.id
        assert rule.guards, rule.id
