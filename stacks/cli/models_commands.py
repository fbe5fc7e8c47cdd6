"""`codekeep models`."""

from pathlib import Path
from typing import get_args

import click
from codekeep_contracts.roles import ModelRole

from stacks.cli.group import CommandGroup
from stacks.cli.options import engine_option, stack_argument


@click.group(cls=CommandGroup)
def models() -> None:
    """Put models into a keep's bucket, from which its pods fetch them."""


@models.command()
@stack_argument
@click.argument("role", type=click.Choice(get_args(ModelRole)))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--replace", is_flag=True, help="Overwrite other files of the same revision that are there already.")
@engine_option
def push(stack: str, role: str, folder: Path, replace: bool, engine: str) -> None:
    """Upload FOLDER as the model of ROLE, at the revision in the spec of STACK.

    Sends what the bucket does not have yet, so that a run that was interrupted goes on from there.
    """
    from stacks.engines.choice import engine_of
    from stacks.project import Project
    from stacks.sessions.models import push_model

    project = Project.find()
    chosen = engine_of(project, engine)
    sent = push_model(project, stack, chosen, role, folder, lambda name: click.echo(f"  {name}"), replace=replace)
    click.echo(f"{sent} files sent; the model of {role} is complete")
