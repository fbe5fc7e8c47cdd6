"""Which kind of customer data a resource says it holds: its tag, as components.naming writes it."""

from collections.abc import Mapping

from policies.graph import Node
from policies.reading import read

TAG = "codekeep:data-class"
CUSTOMER_DATA = frozenset({"code", "index", "model", "eval", "prompt"})
"""Classes that are the customer's code, or made of it; audit, log, secret and config are not."""


def data_class_of(node: Node) -> str | None:
    """The data class in the tags; None where there is none, or it is not known."""
    for found in read(node.inputs, "tags"):
        if isinstance(found.value, Mapping):
            value = found.value.get(TAG)
            return value if isinstance(value, str) else None
    return None
