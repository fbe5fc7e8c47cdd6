"""`codekeep graph`."""

import json
from typing import TYPE_CHECKING

import click

from stacks.cli.options import engine_option, origin_option, stack_argument

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph
    from stacks.sessions.graphs import Origin


@click.command()
@stack_argument
@click.option("--format", "format_", type=click.Choice(["json", "tree", "tfplan"]), default="tree", show_default=True)
@origin_option
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@engine_option
def graph(stack: str, format_: str, origin: "Origin", as_json: bool, engine: str) -> None:
    """Print the components and resources of STACK, their properties and dependencies.

    In JSON, secrets are {"$secret": true}; texts that only a deployment can know are references, ${URN#OUTPUT}, other
    such values {"$unknown": true}. `codekeep check --graph` checks the document. tfplan is the AWS part as a Terraform
    plan (`terraform show -json`), for tools that read those: docs/policies/checkov.md.
    """
    from policies.tfplan.plan import plan_of
    from stacks.project import Project
    from stacks.sessions.graphs import graph_document, stack_graph

    project = Project.find()
    found = stack_graph(project, stack, origin, engine)
    if as_json or format_ == "json":
        click.echo(json.dumps(graph_document(project, found), indent=2))
    elif format_ == "tfplan":
        plan = plan_of(found)
        for node in plan.unmapped:
            click.echo(f"not in the plan, since its type has no known Terraform type: {node.urn}", err=True)
        click.echo(json.dumps(plan.document, indent=2))
    else:
        _print_tree(found)


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
