"""Small graphs of AWS resources, and the findings of a rule on them."""

import json
from collections.abc import Mapping
from typing import Any

from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.graph.build import graph_of
from policies.rule import Case, Rule, judge_all

ACCOUNT, STRANGER = "111122223333", "999988887777"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/codekeep-deployer"
STACK = Node(
    urn="urn:pulumi:demo::codekeep::pulumi:pulumi:Stack::codekeep-demo",
    type="pulumi:pulumi:Stack",
    name="codekeep-demo",
    custom=False,
)
PROVIDER = Node(
    urn="urn:pulumi:demo::codekeep::pulumi:providers:aws::demo-aws",
    type="pulumi:providers:aws",
    name="demo-aws",
    parent=STACK.urn,
    inputs={"region": "eu-central-1", "allowedAccountIds": [ACCOUNT]},
)
FACTS = Facts(
    tenant="demo",
    tier="dedicated",
    account_id=ACCOUNT,
    primary_region="eu-central-1",
    allowed_regions=frozenset({"eu-central-1"}),
    deployer_role_arn=DEPLOYER,
)
SILENT = Facts(
    tenant="", tier="", account_id="", primary_region="eu-central-1", allowed_regions=frozenset({"eu-central-1"})
)


def node(token: str, inputs: Mapping[str, Any], name: str = "it", **more: Any) -> Node:
    """A resource of the stack, by the stack's provider."""
    urn = f"urn:pulumi:demo::codekeep::{token}::{name}"
    given = {"parent": STACK.urn, "provider": PROVIDER.urn, **more}
    return Node(urn=urn, type=token, name=name, inputs=dict(inputs), **given)


def graph(*nodes: Node) -> ResourceGraph:
    return graph_of("codekeep", "demo", [STACK, PROVIDER, *nodes], None)


def judged(rule: Rule, *nodes: Node, facts: Facts = FACTS) -> list[tuple[str, str, str]]:
    """Verdict, name of the resource and property of each finding."""
    found = judge_all([rule], Case(facts=facts, graph=graph(*nodes)))
    return [(each.verdict.value, each.urn.rpartition("::")[2], each.property) for each in found]


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    action: Any, resource: Any = None, principal: Any = None, condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    parts = {"Action": action, "Resource": resource, "Principal": principal, "Condition": condition}
    return {"Effect": "Allow", **{key: value for key, value in parts.items() if value is not None}}
