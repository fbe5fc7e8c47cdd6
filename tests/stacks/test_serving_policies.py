"""The pods that serve models violate no rule about logs and supply chain."""

import dataclasses

import pytest

from images.serving import Adapters, ServingPlan, plan
from policies.catalogue import catalogue
from policies.graph import Node
from policies.rule import Case, Family, judge_all
from stacks.spec import load_spec
from stacks.spec.serving import serving_facts, serving_plans
from tests.policies.rules.kubernetes_objects import FACTS, container, graph, kube
from tests.stacks.documents import ROOT

RULES = [rule for rule in catalogue() if rule.family in (Family.LOGGING, Family.SUPPLY)]
DEMO = load_spec(ROOT / "Pulumi.demo.yaml")
ADAPTED_VLLM = dataclasses.replace(
    serving_facts(DEMO.models[0]), engine="vllm", adapters=Adapters(max_rank=16, max_adapters=2)
)
PLANS = (*serving_plans(DEMO.models, DEMO.pools, DEMO.slo), plan(ADAPTED_VLLM))


def objects(served: ServingPlan, **wrong: object) -> tuple[Node, Node]:
    """The plan's ConfigMap and Deployment, reduced to what these rules read."""
    env = [{"name": name, "value": value} for name, value in served.env.items()]
    engine = {**container("engine"), "command": list(served.command), "args": list(served.args), "env": env, **wrong}
    template = {"spec": {"containers": [engine]}}
    return (
        kube("v1", "ConfigMap", "engine-files", {"data": dict(served.files)}),
        kube("apps/v1", "Deployment", "engine", {"spec": {"template": template}}),
    )


def broken(*nodes: Node) -> set[str]:
    """The rules with a finding on one of the nodes."""
    urns = {node.urn for node in nodes}
    return {found.rule for found in judge_all(RULES, Case(facts=FACTS, graph=graph(*nodes))) if found.urn in urns}


@pytest.mark.parametrize("served", PLANS, ids=lambda served: f"{served.role}-{served.engine}")
def test_a_plan_violates_no_rule_about_logs_and_supply_chain(served: ServingPlan) -> None:
    assert {"log-bodies", "log-debug", "model-revisions", "remote-code"} <= {rule.id for rule in RULES}
    assert broken(*objects(served)) == set()


def test_the_same_rules_find_faults_in_a_changed_plan() -> None:
    served = PLANS[0]
    changed = objects(served, args=[*served.args, "--enable-log-requests", "--trust_remote_code", "--log_level=debug"])
    assert broken(*changed) >= {"log-bodies", "log-debug", "remote-code"}
