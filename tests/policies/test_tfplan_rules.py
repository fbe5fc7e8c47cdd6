"""The rules give a Terraform resource the same verdict as the Pulumi resource that it was rendered from."""

from collections.abc import Iterator
from itertools import islice

from policies.catalogue import catalogue
from policies.checkov_ids import is_check
from policies.graph import Node, ResourceGraph
from policies.rule import Case, Rule, Verdict
from policies.tfplan.addresses import Addresses
from policies.tfplan.conf import AFTER_UNKNOWN, node_of
from policies.tfplan.table import type_of_token
from policies.tfplan.values import Block, Renderer
from tests.policies.mutants import mutants
from tests.policies.tenants import recorded
from tests.policies.test_tfplan import hclified

OF_EACH_RULE = 4


def violated(rule: Rule, node: Node, case: Case) -> bool:
    return any(finding.verdict is Verdict.VIOLATION for finding in rule.judge(node, case))


def read_back(node: Node, renderer: Renderer) -> Node | None:
    """The node after a trip through a plan and Checkov; None for what is not AWS."""
    type_ = type_of_token(node.type)
    if type_ is None:
        return None
    return node_of(type_.name, node.name, conf_of(renderer.block(node.inputs, type_.fields, {})), node.region)


def conf_of(block: Block) -> dict[str, object]:
    """With Checkov's mark where the plan does not know a value."""
    return hclified(marked(block.values, block.unknown))


def marked(values: dict[str, object], unknown: dict[str, object]) -> dict[str, object]:
    found = dict(values)
    for name, what in unknown.items():
        if what is True:
            found[name] = AFTER_UNKNOWN
        elif isinstance(what, list) and isinstance(known := found[name], list):
            pairs = zip(known, what, strict=True)
            found[name] = [marked(item, inner) if isinstance(inner, dict) else item for item, inner in pairs]
    return found


def broken_resources() -> Iterator[tuple[Rule, Node, Case]]:
    """For each rule that is a check, some resources that it finds fault with."""
    graph, facts = recorded("demo")
    for rule in (rule for rule in catalogue() if is_check(rule)):
        caught = (
            (rule, node, case)
            for mutant in mutants(graph, [rule], facts)
            if (node := mutant.graph.get(mutant.urn)) is not None
            and node.package == "aws"
            and violated(rule, node, case := Case(facts=facts, graph=mutant.graph))
        )
        yield from islice(caught, OF_EACH_RULE)


def test_a_broken_resource_is_a_violation_in_terraform_too() -> None:
    renderer = Renderer(Addresses(recorded("demo")[0]))
    compared: set[str] = set()
    for rule, node, case in broken_resources():
        back = read_back(node, renderer)
        if back is None:
            continue
        alone = Case(facts=case.facts, graph=ResourceGraph(project="t", stack="t", nodes=(back,)))
        assert violated(rule, back, alone), f"{rule.id}: {node.urn} {node.inputs}"
        compared.add(rule.id)
    assert len(compared) > 40


def test_no_resource_of_a_clean_keep_is_a_violation_in_terraform() -> None:
    graph, facts = recorded("demo")
    renderer = Renderer(Addresses(graph))
    rules = [rule for rule in catalogue() if is_check(rule)]
    judged = 0
    for node in graph.resources:
        if node.package != "aws" or (back := read_back(node, renderer)) is None:
            continue
        alone = Case(facts=facts, graph=ResourceGraph(project="t", stack="t", nodes=(back,)))
        for rule in rules:
            assert not violated(rule, back, alone), f"{rule.id}: {node.urn} {back.inputs}"
            judged += rule.applies(back)
    assert judged > 500
