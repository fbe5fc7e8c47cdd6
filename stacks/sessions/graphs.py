"""A stack's graph: what its program registers, or what its state contains."""

from collections.abc import Mapping
from typing import Any, Literal

from codekeep_contracts.faults import UsageFault

from policies.facts import Facts, FactsError
from policies.graph.checkpoint import from_checkpoint
from policies.graph.jsonio import to_json
from policies.graph.model import ResourceGraph
from stacks.engines.choice import engine_of
from stacks.project import Project
from stacks.sessions.recording import StackRecorder, config_of

Origin = Literal["program", "state"]


def stack_graph(project: Project, stack: str, origin: Origin = "program", engine: str = "auto") -> ResourceGraph:
    """The stack's graph.

    Args:
        origin: `program` runs the stack's program without an engine; `state` reads what `engine` deployed.

    Raises:
        UsageFault: there is no such stack, its spec has problems, or it was never brought up.
        Fault: the program failed.
    """
    project.stack_file(stack)
    if origin == "program":
        return StackRecorder(project).graph(stack)
    document = engine_of(project, engine).state(stack)
    if document is None:
        raise UsageFault(f"stack {stack} was never brought up: run `codekeep up {stack}`, or leave out --from state")
    return from_checkpoint(document, project.name, stack)


def graph_document(project: Project, graph: ResourceGraph) -> Mapping[str, Any]:
    """The graph as JSON-ready values, with the facts that its stack is checked against where it has a spec."""
    try:
        facts = Facts.of(config_of(project, graph.stack).values).to_json()
    except FactsError:  # a program of another project, with no spec
        return to_json(graph)
    return {**to_json(graph), "facts": facts}
