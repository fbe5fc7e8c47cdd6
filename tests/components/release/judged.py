"""A recorded program judged by the rules, as `codekeep check` would."""

from collections.abc import Callable, Iterable
from typing import Any

from policies.catalogue import catalogue
from policies.facts import Facts
from policies.graph.recorder import record
from policies.rule import Case, Family, Finding, judge_all
from tests.components.recording import ACCOUNT, REGION


def findings(program: Callable[[], Any], families: Iterable[Family]) -> list[Finding]:
    """What the rules of the families say of everything the program makes, violations and what they cannot decide."""
    graph = record(program, project="codekeep", stack="acme", config={"aws:region": REGION}, references=True)
    assert [node for node in graph if node.package == "kubernetes"], "the program makes no Kubernetes object"
    facts = Facts(
        tenant="acme",
        tier="dedicated",
        account_id=ACCOUNT,
        primary_region=REGION,
        allowed_regions=frozenset({REGION}),
    )
    chosen = [rule for rule in catalogue() if rule.family in set(families)]
    assert chosen
    return judge_all(chosen, Case(facts=facts, graph=graph))
