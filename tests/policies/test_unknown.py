"""During a preview many values are unknown: no rule may fail on one, take it for a wrong value, or let it pass."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.rule import Case, Finding, Verdict, judge_all
from tests.policies.tenants import recorded

FEWEST_CHANGED = 500
TEMPLATE, DOMAIN, TRAIL = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:opensearch/domain:Domain",
    "aws:cloudtrail/trail:Trail",
)
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
DEPLOYMENT, POD = "kubernetes:apps/v1:Deployment", ("spec", "template", "spec")


@pytest.mark.parametrize("stack", ["demo", "acme"])
def test_an_unknown_property_is_never_a_violation(stack: str) -> None:
    graph, _ = recorded(stack)
    changed = list(_each_changed(graph))
    assert len(changed) >= FEWEST_CHANGED
    for node, path, inputs in changed:
        before, after = (_judged(stack, each) for each in (node, replace(node, inputs=inputs)))
        for finding in after:
            known = [(each.rule, each.property) for each in before]
            assert "the rule failed" not in finding.message, finding.message
            wrong = finding.verdict is Verdict.VIOLATION and (finding.rule, finding.property) not in known
            assert not wrong, f"{path} of {node.type}: {finding.message}"


@pytest.mark.parametrize(
    ("rule", "type_", "path"),
    [
        ("tenant-tags", TEMPLATE, ("tagSpecifications",)),
        ("tenant-tags", TEMPLATE, ("tagSpecifications", 0)),
        ("tenant-tags", TEMPLATE, ("tagSpecifications", 0, "tags")),
        ("cost-tags", TEMPLATE, ("tagSpecifications",)),
        ("cost-tags", TEMPLATE, ("tagSpecifications", 2)),
        ("cost-tags", TEMPLATE, ("tagSpecifications", 0, "resourceType")),
        ("log-control-plane", "aws:eks/cluster:Cluster", ("enabledClusterLogTypes", 0)),
        ("log-index-audit", DOMAIN, ("logPublishingOptions", 0, "enabled")),
        ("keys-per-class", DOMAIN, ("tags",)),
        ("log-code-events", TRAIL, ("advancedEventSelectors", 1, "fieldSelectors", 2)),
        ("pool-bounds", "aws:eks/nodeGroup:NodeGroup", ("scalingConfig", "minSize")),
        ("bucket-retention", LIFECYCLE, ("rules", 0, "filter")),
        ("workload-placement", DEPLOYMENT, (*POD, "tolerations")),
        ("remote-code", DEPLOYMENT, (*POD, "containers", 0, "env")),
        ("kube-secrets", DEPLOYMENT, (*POD, "containers", 0, "envFrom")),
        ("provider-accounts", "pulumi:providers:aws", ("allowedAccountIds", 0)),
        ("budget-exists", "aws:budgets/budget:Budget", ("budgetType",)),
    ],
)
def test_a_rule_that_needs_an_unknown_value_is_undecided(rule: str, type_: str, path: tuple[str | int, ...]) -> None:
    graph, facts = recorded("demo")
    node = graph.of_type(type_)[0]
    unknown = replace(node, inputs=_with_unknown(node.inputs, path))
    changed = replace(graph, nodes=tuple(unknown if each is node else each for each in graph))
    [judging] = [each for each in catalogue() if each.id == rule]
    verdicts = {each.verdict for each in judge_all([judging], Case(facts=facts, graph=changed))}
    assert verdicts == {Verdict.UNDECIDED}


def _each_changed(graph: ResourceGraph) -> Iterator[tuple[Node, tuple[str | int, ...], Any]]:
    """Each input, and each item or entry of it, made unknown, once for each type."""
    seen = set()
    for node in graph:
        for name, value in node.inputs.items():
            keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
            for path in ((name,), *((name, key) for key in keys)):
                if (node.type, path) not in seen:
                    seen.add((node.type, path))
                    yield node, path, _with_unknown(node.inputs, path)


def _with_unknown(value: Any, path: tuple[str | int, ...]) -> Any:
    """A copy with UNKNOWN at the path; a part that is not there yet is made."""
    if not path:
        return UNKNOWN
    first, *rest = path
    if isinstance(first, int):
        return [_with_unknown(item, tuple(rest)) if index == first else item for index, item in enumerate(value)]
    return {**(value or {}), first: _with_unknown((value or {}).get(first), tuple(rest))}


def _judged(stack: str, node: Node) -> list[Finding]:
    """Findings on a node in a graph of itself and its provider."""
    graph, facts = recorded(stack)
    provider = graph.get(node.provider or "")
    alone = replace(graph, nodes=(node,) if provider is None else (provider, node))
    return judge_all(catalogue(), Case(facts=facts, graph=alone), nodes=[node])
