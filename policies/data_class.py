"""Which kind of customer data a resource contains: its tag says so, as components.naming writes it."""

from collections.abc import Mapping

from policies.graph import Node
from policies.graph.values import Marker

TAG = "codekeep:data-class"
CUSTOMER_DATA = frozenset({"code", "index", "model", "eval", "prompt"})
"""Classes that are the customer's code, or made of it; audit, log, secret and config are not."""


def data_class_of(node: Node) -> str | None:
    """The data class in the tags; None where there is none, or it is not known."""
    value = _value(node)
    return value if isinstance(value, str) else None


def has_unknown_class(node: Node) -> bool:
    """Whether the tags do not say yet which data the resource contains."""
    return isinstance(_value(node), Marker)


def _value(node: Node) -> object:
    tags = node.inputs.get("tags")
    if isinstance(tags, Mapping):
        return tags.get(TAG)
    return tags if isinstance(tags, Marker) else None
