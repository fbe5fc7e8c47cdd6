"""The ResourceGraph: what a stack consists of, whoever tells (a recorded program, a preview, a state)."""

from policies.graph.model import SECRET, UNKNOWN, Node, ResourceGraph, Source, UnknownNodeError

__all__ = ["SECRET", "UNKNOWN", "Node", "ResourceGraph", "Source", "UnknownNodeError"]
