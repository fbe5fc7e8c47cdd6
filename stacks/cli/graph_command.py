"""`codekeep graph`: what a stack consists of, from its program or from its state."""

import json
from typing import TYPE_CHECKING, Literal

import click

from stacks.cli.errors import BadInputError, FailedError
from stacks.cli.options import engine_option, stack_argument
from stacks.cli.project import Project

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph

Origin = Literal["program", "state"]
MASKED = "[secret]"


@click.command()
@stack_argument
@click.option("--format", "format_", type=click.Choice(["json", "tree"]), default="tree", show_default=True)
@click.option(
    "--from",
    "origin",
    type=click.Choice(["program", "state"]),
    default="program",
    show_default=True,
    help="program: run it with no engine and no network; state: what is deployed, every value known.",
)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@engine_option
def graph(stack: str, format_: str, origin: Origin, as_json: bool, engine: str) -> None:
    """Print what STACK consists of: components, resources, their properties and how they hang together.

    Secrets are shown as {"$secret": true}, values that only a deployment can know as {"$unknown": true}.
    """
    project = Project.find()
    project.stack_file(stack)
    found = recorded(project, stack) if origin == "program" else deployed(project, stack, engine)
    if as_json or format_ == "json":
        from policies.graph.jsonio import to_json

        click.echo(json.dumps(to_json(found), indent=2))
    else:
        _print_tree(found)


def recorded(project: Project, stack: str) -> "ResourceGraph":
    """The graph that the stack's program asks for; the spec is checked first."""
    from policies.graph.recorder import record
    from stacks.cli.program import run_program
    from stacks.cli.spec_gate import require_valid_spec

    require_valid_spec(project, stack)
    config = project.config(stack, lambda _: lambda _: MASKED)
    try:
        return record(
            lambda: run_program(project.main),
            project=project.name,
            stack=stack,
            config=config.values,
            secret_keys=config.secret_keys,
            root=project.root,
        )
    except Exception as error:
        raise FailedError(f"the program of stack {stack} failed: {type(error).__name__}: {error}") from error


def deployed(project: Project, stack: str, engine: str) -> "ResourceGraph":
    """The graph of the stack's state; BadInputError where it was never brought up."""
    from policies.graph.checkpoint import from_checkpoint
    from stacks.cli.engines import choose

    document = choose(engine, project).state(stack)
    if document is None:
        raise BadInputError(f"stack {stack} was never brought up: run `codekeep up {stack}`, or leave out --from state")
    return from_checkpoint(document, project.name, stack)


def _print_tree(found: "ResourceGraph") -> None:
    from rich.text import Text
    from rich.tree import Tree

    from stacks.cli.terminal import console

    branches: dict[str | None, Tree] = {None: Tree(Text(f"{found.project}/{found.stack}", style="bold"))}
    for node in found:
        above = branches.get(node.parent, branches[None])
        line = Text(node.name, style="bold" if node.is_component else "")
        branches[node.urn] = above.add(line.append(f" {node.type}", style="dim"))
    out = console()
    out.print(branches[None])
    out.print(f"{len(found.resources)} resources in {len(found.components)} components")
