"""`codekeep outputs`."""

import json

import click

from stacks.cli.options import engine_option, json_option, stack_argument


@click.command()
@stack_argument
@engine_option
@json_option
@click.option("--show-secrets", is_flag=True, help="Print secrets in plain text instead of [secret].")
def outputs(stack: str, engine: str, as_json: bool, show_secrets: bool) -> None:
    """Print the outputs of the deployed STACK."""
    from stacks.cli.outputs_view import show_outputs
    from stacks.cli.terminal import console
    from stacks.engines.choice import engine_of
    from stacks.project import Project
    from stacks.sessions.deployment import stack_outputs

    project = Project.find()
    found = stack_outputs(project, stack, engine_of(project, engine), show_secrets=show_secrets)
    if as_json:
        click.echo(json.dumps(found, indent=2, sort_keys=True))
    else:
        show_outputs(console(), found)
