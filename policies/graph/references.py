"""References in place of values that only the cloud knows: `${<urn>#<output>}`.

A recorded program computes with them as with text, so a policy document built from a key's ARN is known but for that
ARN, and says which key is meant. A rule follows the reference to the node instead of giving up.
"""

import importlib
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from policies.graph.model import STACK_TYPE, ResourceGraph
from policies.graph.values import Marker, map_leaves

_TOKEN = re.compile(r"\$\{(urn:pulumi:[^#{}]+)#([A-Za-z0-9]+)\}")


@dataclass(frozen=True)
class Reference:
    """An output of a resource, in place of its value."""

    urn: str
    output: str

    def __str__(self) -> str:
        return f"${{{self.urn}#{self.output}}}"


def references_in(text: str) -> Iterator[Reference]:
    """Every reference in a text, in order."""
    for match in _TOKEN.finditer(text):
        yield Reference(match.group(1), match.group(2))


def reference_of(text: object) -> Reference | None:
    """The reference, where the text consists of one and nothing else."""
    match = _TOKEN.fullmatch(text) if isinstance(text, str) else None
    return Reference(match.group(1), match.group(2)) if match else None


def readable_outputs(graph: ResourceGraph) -> dict[str, Any]:
    """A recorded stack's outputs as another stack's program can read them.

    What is not known, or secret, becomes a reference to the output it is in: a text, so that the rest stays readable.
    """
    stack = next((node for node in graph if node.type == STACK_TYPE), None)
    if stack is None:
        return {}
    return {name: _readable(value, str(Reference(stack.urn, name))) for name, value in stack.outputs.items()}


def _readable(value: Any, reference: str) -> Any:
    return map_leaves(value, lambda leaf: reference if isinstance(leaf, Marker) else leaf)


@cache
def text_outputs(token: str) -> tuple[str, ...]:
    """Names of a type's outputs that are text, as pulumi-aws declares them; none for types of other packages."""
    import pulumi  # noqa: PLC0415 - rules read references where Pulumi is not installed, in Checkov's environment

    package, module, name = token.split(":")
    if package != "aws":
        return ()
    module = module.partition("/")[0]
    try:
        declared = getattr(importlib.import_module(f"pulumi_aws.{module}" if module != "index" else "pulumi_aws"), name)
    except (ImportError, AttributeError):
        return ()
    getters = ((key, each) for key, each in vars(declared).items() if isinstance(each, property) and each.fget)
    return tuple(
        getattr(each.fget, "_pulumi_name", key)  # as @pulumi.getter(name=...) sets it
        for key, each in getters
        if typing.get_type_hints(each.fget).get("return") == pulumi.Output[str]
    )
