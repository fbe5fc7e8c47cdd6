"""The graph a command works on: what a stack's program asks for, or what its state holds."""

from typing import TYPE_CHECKING, Literal

from stacks.cli.errors import BadInputError
from stacks.cli.project import Project
from stacks.cli.recording import Recordings

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph

Origin = Literal["program", "state"]


def graph_from(origin: Origin, project: Project, stack: str, engine: str) -> "ResourceGraph":
    """The stack's graph; BadInputError where there is no such stack, or it was never brought up."""
    project.stack_file(stack)
    return Recordings(project).graph(stack) if origin == "program" else deployed(project, stack, engine)


def deployed(project: Project, stack: str, engine: str) -> "ResourceGraph":
    """The graph of the stack's state; BadInputError where it was never brought up."""
    from policies.graph.checkpoint import from_checkpoint
    from stacks.cli.engines import choose

    document = choose(engine, project).state(stack)
    if document is None:
        raise BadInputError(f"stack {stack} was never brought up: run `codekeep up {stack}`, or leave out --from state")
    return from_checkpoint(document, project.name, stack)
