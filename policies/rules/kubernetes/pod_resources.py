"""A container without limits takes its neighbours' memory; one without requests is placed where there is none."""

import re
from collections.abc import Iterator
from typing import Any

from policies.conditions import Condition
from policies.reading import MISSING
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import known
from policies.rules.kubernetes._pods import WORKLOADS, Container, check_containers

DEVICES = ("/gpu", "/neuron", "/neuroncore")
_QUANTITY = re.compile(r"^[0-9]*\.?[0-9]+(?:[munkKMGTPE]i?|[eE][0-9]+)?$")

RULE = kubernetes_rule(
    id="pod-resources",
    title="Every container states its processor and memory, and its memory is limited",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.COST_CONTROL,
    why="A repository that makes a parser swell must end that parser, not the node with everything on it.",
    remedy="set resources.requests for cpu and memory and resources.limits.memory; ask for GPUs in limits",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
)


@check_containers(RULE, ("containers", "initContainers"))
def is_bounded(container: Container) -> Iterator[Finding]:
    yield from RULE.expect(container.node, container.at("resources.limits.memory"), _amount_of("memory"))
    for resource in ("cpu", "memory"):
        # A limit alone is its own request; a processor's time needs no limit, as it can be taken back.
        requested, limit = (container.at(f"resources.{kind}.{resource}") for kind in ("requests", "limits"))
        stated = limit if requested.value is MISSING and limit.value is not MISSING else requested
        yield from RULE.expect(container.node, stated, _amount_of(resource))
    yield from _devices(container)


def _devices(container: Container) -> Iterator[Finding]:
    """Kubernetes refuses devices whose request and limit differ, but only when the pod is created."""
    requests, limit = container.at("resources.requests"), container.at("resources.limits").value
    for name, count in requests.value.items() if isinstance(requests.value, dict) else ():
        if name.endswith(DEVICES) and known(count) and known(limit) and str(limit.get(name)) != str(count):
            message = f"got {count!r}, and {limit.get(name)!r} as its limit"
            yield RULE.violation(container.node, f"{requests.path}.{name}", message)


def _amount_of(resource: str) -> Condition:
    return Condition(_is_positive, f"must be an amount of {resource}")


def _is_positive(quantity: Any) -> bool:
    text = str(quantity)
    return _QUANTITY.match(text) is not None and any(digit in text for digit in "123456789")
