"""`codekeep manifests`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stacks.cli.options import engine_option, origin_option, stack_argument

if TYPE_CHECKING:
    from stacks.sessions.graphs import Origin


@click.command()
@stack_argument
@origin_option
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file for each object into this folder, which must be empty or new.",
)
@engine_option
def manifests(stack: str, origin: "Origin", folder: Path | None, engine: str) -> None:
    """Print every Kubernetes object of STACK as YAML, in the order they are applied.

    A comment names the line of the program that each comes from. ${URN#OUTPUT} stands for what only a deployment knows;
    ${secret} for a secret, which is never printed.
    """
    from stacks.project import Project
    from stacks.sessions.graphs import stack_graph
    from stacks.sessions.manifests import manifests_in, not_single_objects, write_manifests

    graph = stack_graph(Project.find(), stack, origin, engine)
    found = manifests_in(graph)
    for node in not_single_objects(graph):
        click.echo(f"not printed, since it is no single object: {node.urn}", err=True)
    if folder is None:
        click.echo("".join(manifest.to_yaml() for manifest in found), nl=False)
    else:
        write_manifests(found, folder)
        click.echo(f"{len(found)} objects in {folder}")
