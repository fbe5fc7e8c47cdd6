"""A container without limits takes its neighbours' memory; one without requests is placed where there is none."""

import re
from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import known
from policies.rules.kubernetes._pods import WORKLOADS, Container, decided, each_container

GPU_SUFFIXES = ("/gpu", "/neuron", "/neuroncore")
_QUANTITY = re.compile(r"^[0-9]*\.?[0-9]+(?:[munkKMGTPE]i?|[eE][0-9]+)?$")

RULE = Rule(
    id="pod-resources",
    title="Every container states its processor and memory, and its memory is limited",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.COST_CONTROL,
    why="One repository that makes a parser swell must end that parser, not the node with all that runs on it.",
    remedy="set resources.requests for cpu and memory and resources.limits.memory; ask for GPUs in limits",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
)


@RULE.check
def bounded(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge, ("containers", "initContainers"))


def _judge(container: Container) -> Iterator[Finding]:
    node = container.pod.node
    limit = container.at("resources.limits.memory")
    yield from decided(RULE, node, limit, _positive(limit.value), "must be an amount of memory")
    for resource in ("cpu", "memory"):
        # A limit alone is its own request; a processor's time needs no limit, as it can be taken back.
        asked = _first(container.at(f"resources.requests.{resource}"), container.at(f"resources.limits.{resource}"))
        yield from decided(RULE, node, asked, _positive(asked.value), f"must be an amount of {resource}")
    yield from _devices(container)


def _devices(container: Container) -> Iterator[Finding]:
    """Kubernetes refuses devices whose request and limit differ, but only when the pod is created."""
    asked = container.at("resources.requests")
    for name, count in asked.value.items() if isinstance(asked.value, dict) else ():
        limit = container.at("resources.limits").value
        if name.endswith(GPU_SUFFIXES) and known(count) and known(limit) and str(limit.get(name)) != str(count):
            yield RULE.violation(
                container.pod.node, f"{asked.path}.{name}", f"got {count!r}, and {limit.get(name)!r} as its limit"
            )


def _first(found: Found, otherwise: Found) -> Found:
    return found if found.value is not MISSING or otherwise.value is MISSING else otherwise


def _positive(quantity: Any) -> bool:
    text = str(quantity)
    return _QUANTITY.match(text) is not None and any(digit in text for digit in "123456789")
