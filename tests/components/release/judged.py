"""Checks a recorded program with the rules, as `codekeep check` does."""

from collections.abc import Callable, Iterable
from typing import Any

from policies.catalogue import catalogue
from policies.facts import Facts
from policies.graph.recorder import record
from policies.rule import Case, Family, Finding, judge_all
from tests.components.recording import ACCOUNT, REGION

OF_THE_CLUSTER = ("unserved-devices", "unserved-kinds")
"""Rules on what the cluster's controllers bring, which are in another part of the stack than the program's."""


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
    chosen = [rule for rule in catalogue() if rule.family in set(families) and rule.id not in OF_THE_CLUSTER]
    assert chosen
    return judge_all(chosen, Case(facts=facts, graph=graph))
