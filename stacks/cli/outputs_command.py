"""`codekeep outputs`: what a deployed stack tells others."""

import json

import click

from stacks.cli.engines import choose
from stacks.cli.errors import BadInputError
from stacks.cli.options import engine_option, stack_argument
from stacks.cli.project import Project


@click.command()
@stack_argument
@engine_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--show-secrets", is_flag=True, help="Print secrets in plain text instead of [secret].")
def outputs(stack: str, engine: str, as_json: bool, show_secrets: bool) -> None:
    """Print the outputs of the deployed STACK."""
    project = Project.find()
    project.stack_file(stack)
    found = choose(engine, project).outputs(stack, show_secrets=show_secrets)
    if found is None:
        raise BadInputError(f"stack {stack} was never brought up: run `codekeep up {stack}` first")
    if as_json:
        click.echo(json.dumps(found, indent=2, sort_keys=True))
    else:
        from stacks.cli.outputs_view import show_outputs
        from stacks.cli.terminal import console

        show_outputs(console(), found)
