"""The catalogue against the shipped stacks: no rule fires on them, and each notices when what it guards is broken."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import policies
from policies.catalogue import catalogue
from policies.rule import Case, Family, judge_all
from policies.waivers import apply_waivers, load_waivers
from tests.policies.guards import GUARDS
from tests.policies.mutants import Mutant, caught, mutants
from tests.policies.tenants import STACKS, recorded

WAIVERS, TODAY = Path(policies.__file__).with_name("waivers.yaml"), date(2026, 12, 1)
FEWEST_RULES = 60
FEWEST_MUTANTS = 400
FEWEST_CAUGHT = 0.99
SHARES = 2  # of the mutants, so that test processes divide them


@pytest.mark.parametrize("stack", STACKS)
def test_no_rule_fires_on_a_shipped_stack(stack: str) -> None:
    graph, facts = recorded(stack)
    assert len(graph.resources) > 100
    found = judge_all(catalogue(), Case(facts=facts, graph=graph))
    outcome = apply_waivers(found, load_waivers(WAIVERS, TODAY), TODAY)
    assert outcome.open == ()


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("stack", ["demo", "acme"])
def test_breaking_what_a_rule_guards_is_noticed_by_that_rule(stack: str, share: int) -> None:
    _, facts = recorded(stack)
    made = list(_share(stack, share))
    survivors = [str(mutant) for mutant in made if not caught(mutant, facts)]
    assert len(made) >= FEWEST_MUTANTS / SHARES
    assert len(survivors) <= len(made) * (1 - FEWEST_CAUGHT), "\n".join(survivors)


def _share(stack: str, share: int) -> Iterator[Mutant]:
    """Mutants of every second rule, so that no process makes those of another."""
    graph, facts = recorded(stack)
    return mutants(graph, catalogue()[share::SHARES], facts)


def test_every_family_has_rules() -> None:
    rules = catalogue()
    assert len(rules) >= FEWEST_RULES
    assert {rule.family for rule in rules} == set(Family)


def test_every_rule_says_why_and_what_to_do() -> None:
    rules = catalogue()
    assert rules
    for rule in rules:
        assert rule.title, rule.id
        assert rule.why, rule.id
        assert rule.remedy, rule.id
        assert rule.frameworks, rule.id
        assert GUARDS.get(rule.id), rule.id
    assert GUARDS.keys() == {rule.id for rule in rules}
