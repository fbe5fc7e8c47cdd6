"""Checks a recorded program with the rules, as `codekeep check` does."""

from collections.abc import Callable, Iterable
from typing import Any

from policies.catalogue import catalogue
from policies.facts import Facts
from policies.graph.recorder import record
from policies.rule import Case, Family, Finding, judge_all
from tests.components.recording import ACCOUNT, REGION


def findings(program: Callable[[], Any], families: Iterable[Family]) -> list[Finding]:
    """Findings of the families' rules on a program: violations, and cases that they cannot decide."""
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
