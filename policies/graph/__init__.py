"""The ResourceGraph: what a stack consists of, read from a recorded program, a preview or a state."""

from policies.graph.model import Node, ResourceGraph, Source, UnknownNodeError
from policies.graph.values import SECRET, UNKNOWN

__all__ = ["SECRET", "UNKNOWN", "Node", "ResourceGraph", "Source", "UnknownNodeError"]
