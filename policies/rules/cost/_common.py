"""What the cost rules share: the frameworks they serve, and which instances carry accelerators."""

import re
from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.reading import first

FRAMEWORKS: Mapping[str, tuple[str, ...]] = {"SOC 2": ("A1.1",), "ISO 27001": ("A.8.6",)}
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_ACCELERATED = re.compile(r"^(?:p\d|g\d|gr\d|inf\d|trn\d|dl\d|vt\d)")


def accelerated(instance_type: Any) -> bool:
    """Whether an EC2 type carries GPUs or other accelerators: `g6e.12xlarge`, `p5.48xlarge`, `trn2.48xlarge`."""
    return isinstance(instance_type, str) and _ACCELERATED.match(instance_type) is not None


def gpu_group(group: Node) -> bool:
    """Whether a node group's nodes carry accelerators, by their types or by their image."""
    types = first(group.inputs, "instanceTypes")
    image = str(first(group.inputs, "amiType"))
    return any(map(accelerated, types if isinstance(types, list) else ())) or image.endswith(
        ("_NVIDIA", "_GPU", "_NEURON")
    )
