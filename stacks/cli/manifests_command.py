"""`codekeep manifests`: a stack's Kubernetes objects as YAML."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stacks.cli.errors import BadInputError
from stacks.cli.graph_source import Origin, graph_from
from stacks.cli.options import engine_option, origin_option, stack_argument
from stacks.cli.project import Project

if TYPE_CHECKING:
    from stacks.cli.manifests import Manifest


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
def manifests(stack: str, origin: Origin, folder: Path | None, engine: str) -> None:
    """Print every Kubernetes object of STACK as YAML, in the order they are applied.

    A comment says which line of the program each comes from. ${URN#OUTPUT} stands for what only a deployment knows;
    ${secret} for a secret, which is never printed.
    """
    from stacks.cli.manifests import left_out, manifests_in

    graph = graph_from(origin, Project.find(), stack, engine)
    found = manifests_in(graph)
    for node in left_out(graph):
        click.echo(f"left out, as it is no single object: {node.urn}", err=True)
    if folder is None:
        click.echo("".join(manifest.to_yaml() for manifest in found), nl=False)
    else:
        _write(folder, found)
        click.echo(f"{len(found)} objects in {folder}")


def _write(folder: Path, found: "Sequence[Manifest]") -> None:
    """Files named so that `kubectl apply -f FOLDER` takes them in order."""
    if folder.exists() and any(folder.iterdir()):
        raise BadInputError(f"--output {folder}: holds files already; give an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(found)))
    for number, manifest in enumerate(found, start=1):
        name = f"{number:0{digits}}-{manifest.kind.lower()}-{manifest.name.replace(':', '-')}.yaml"
        (folder / name).write_text(manifest.to_yaml(), encoding="utf-8")
