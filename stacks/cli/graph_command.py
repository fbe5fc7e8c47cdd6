"""`codekeep graph`: what a stack consists of, from its program or from its state."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from stacks.cli.graph_source import Origin, graph_from
from stacks.cli.options import engine_option, origin_option, stack_argument
from stacks.cli.project import Project
from stacks.cli.recording import config_of

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph


@click.command()
@stack_argument
@click.option("--format", "format_", type=click.Choice(["json", "tree", "tfplan"]), default="tree", show_default=True)
@origin_option
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@engine_option
def graph(stack: str, format_: str, origin: Origin, as_json: bool, engine: str) -> None:
    """Print what STACK consists of: components, resources, their properties and how they hang together.

    In JSON, secrets are {"$secret": true}; texts that only a deployment can know are references, ${URN#OUTPUT}, other
    such values {"$unknown": true}. `codekeep check --graph` judges the document. tfplan is the AWS part as a Terraform
    plan (`terraform show -json`), for tools that read those: docs/policies/checkov.md.
    """
    project = Project.find()
    found = graph_from(origin, project, stack, engine)
    if as_json or format_ == "json":
        click.echo(json.dumps(_document(project, found), indent=2))
    elif format_ == "tfplan":
        click.echo(json.dumps(_plan(found), indent=2))
    else:
        _print_tree(found)


def _document(project: Project, found: "ResourceGraph") -> Mapping[str, Any]:
    """The graph, and beside it the agreement that its stack is held to, where the configuration states one."""
    from policies.facts import Facts, FactsError
    from policies.graph.jsonio import to_json

    try:
        facts = Facts.of(config_of(project, found.stack).values).to_json()
    except FactsError:  # a program of another project, with no spec
        return to_json(found)
    return {**to_json(found), "facts": facts}


def _plan(found: "ResourceGraph") -> Mapping[str, Any]:
    """The Terraform plan; what could not be rendered is told on standard error."""
    from policies.tfplan.plan import plan_of

    plan = plan_of(found)
    for node in plan.unmapped:
        click.echo(f"left out, as no Terraform type is known for it: {node.urn}", err=True)
    return plan.document


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
