"""What the deployer's statements share: their form, conditions on the keep's tag, and what the stack's inputs name."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.naming import TAG_PREFIX
from policies.graph import ResourceGraph

Statement = tuple[list[str], list[str], Mapping[str, Any]]
"""Actions, resources, condition."""

TENANT: Final = f"{TAG_PREFIX}:tenant"
UNOWNED: Final[Mapping[str, Any]] = {"Null": {f"aws:ResourceTag/{TENANT}": "true"}}


def given(tenant: str) -> dict[str, str]:
    """The request gives the keep's tag."""
    return {f"aws:RequestTag/{TENANT}": tenant}


def own(tenant: str) -> dict[str, str]:
    """The resource has the keep's tag."""
    return {f"aws:ResourceTag/{TENANT}": tenant}


def retagging(tag: list[str], untag: list[str], resources: list[str], tenant: str) -> Iterator[Statement]:
    """Statements to tag and untag what has the keep's tag, which stays."""
    yield tag, resources, {"StringEquals": own(tenant), "StringEqualsIfExists": given(tenant)}
    yield (
        untag,
        resources,
        {"StringEquals": own(tenant), "ForAllValues:StringNotEquals": {"aws:TagKeys": [TENANT]}},
    )


def mentioned(graph: ResourceGraph, pattern: re.Pattern[str]) -> set[str]:
    """What a pattern finds in the inputs of the stack's AWS resources."""
    return {
        found
        for node in graph.resources
        if node.package == "aws"
        for found in pattern.findall(json.dumps(node.inputs, default=str))
    }
