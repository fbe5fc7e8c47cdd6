"""Small graphs for rules of resources: nodes by type and inputs, and the findings of a rule on them."""

from typing import Any

from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.rule import Case, Finding, Rule, Verdict, judge_all

REGION, ACCOUNT = "eu-central-1", "111122223333"


def facts(**changes: Any) -> Facts:
    """A keep's agreement: no egress, its own account, protected."""
    given: dict[str, Any] = {
        "tenant": "acme",
        "tier": "dedicated",
        "account_id": ACCOUNT,
        "primary_region": REGION,
        "allowed_regions": frozenset({REGION, "eu-west-1"}),
    }
    return Facts(**{**given, **changes})


SILENT = facts(tenant="", tier="", account_id="", egress="")
"""The facts of a program without a spec."""


def node(type_: str, name: str = "it", *, region: str = REGION, options: Any = None, **inputs: Any) -> Node:
    """A resource. An input that is a Node is a reference to it."""
    referred = {key: value for key, value in inputs.items() if isinstance(value, Node)}
    return Node(
        urn=f"urn:pulumi:acme::codekeep::{type_}::{name}",
        type=type_,
        name=name,
        region=region,
        options=options or {},
        inputs={key: f"${{{value.urn}#id}}" if isinstance(value, Node) else value for key, value in inputs.items()},
        property_dependencies={key: (value.urn,) for key, value in referred.items()},
    )


def findings(rule: Rule, *nodes: Node, agreed: Facts | None = None) -> list[Finding]:
    """The findings of the rule on all nodes."""
    graph = ResourceGraph(project="codekeep", stack="acme", nodes=nodes)
    return judge_all([rule], Case(facts=agreed or facts(), graph=graph))


def verdicts(rule: Rule, *nodes: Node, agreed: Facts | None = None) -> list[tuple[str, str, str]]:
    """Verdict, URN and property of every finding."""
    return [(each.verdict.value, each.urn, each.property) for each in findings(rule, *nodes, agreed=agreed)]


def violation(of: Node, path: str) -> tuple[str, str, str]:
    return (Verdict.VIOLATION.value, of.urn, path)


def undecided(of: Node, path: str) -> tuple[str, str, str]:
    return (Verdict.UNDECIDED.value, of.urn, path)
