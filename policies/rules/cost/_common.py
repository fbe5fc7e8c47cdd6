"""The frameworks that the cost rules serve, and which instances carry accelerators."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.conditions import is_number
from policies.graph import Node
from policies.graph.values import Marker
from policies.reading import first
from policies.rule import Finding, Rule

FRAMEWORKS: Mapping[str, tuple[str, ...]] = {"SOC 2": ("A1.1",), "ISO 27001": ("A.8.6",)}
_ACCELERATED = re.compile(r"^(?:p\d|g\d|gr\d|inf\d|trn\d|dl\d|vt\d)")


def accelerated(instance_type: Any) -> bool:
    """Whether an EC2 type carries GPUs or other accelerators: `g6e.12xlarge`, `p5.48xlarge`, `trn2.48xlarge`."""
    return isinstance(instance_type, str) and _ACCELERATED.match(instance_type) is not None


def is_gpu_group(group: Node) -> bool:
    """Whether a node group's nodes carry accelerators, by their types or by their image."""
    types, image = first(group.inputs, "instanceTypes"), str(first(group.inputs, "amiType"))
    by_type = any(map(accelerated, types if isinstance(types, list) else ()))
    return by_type or image.endswith(("_NVIDIA", "_GPU", "_NEURON"))


def at_most_the_maximum(rule: Rule, node: Node, path: str, most: str) -> Iterator[Finding]:
    """A violation where the number at `path` is greater than that at `most`; undecided where it is unknown."""
    size, maximum = first(node.inputs, path), first(node.inputs, most)
    if isinstance(size, Marker):
        yield rule.undecided(node, path)
    elif is_number(size) and is_number(maximum) and size > maximum:
        yield rule.violation(node, path, f"got {size}: must be no more than the maximum of {maximum}")
