"""The defaults that AWS makes with every VPC: which resource of the program takes each of them over."""

from collections.abc import Sequence

from policies.graph import Node, ResourceGraph
from policies.rules.network._common import DEFAULT_VPC, VPC

VPCS = (VPC, DEFAULT_VPC)


def takers(graph: ResourceGraph, vpc: Node, type_: str, inputs: Sequence[str]) -> list[Node]:
    """Resources of a type that take over a default of the VPC: one of their inputs names the VPC or its default."""
    found = {node.urn: node for name in inputs for node in graph.referrers(vpc, name, type_)}
    for node in graph.of_type(type_):
        for name in inputs:
            named = node.inputs.get(name)
            if isinstance(named, str) and named == vpc.outputs.get(name):
                found[node.urn] = node
    return list(found.values())
