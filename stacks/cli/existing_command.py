"""`codekeep existing`."""

import click

from stacks.cli.options import engine_option, stack_argument


@click.command()
@stack_argument
@engine_option
def existing(stack: str, engine: str) -> None:
    """Print what the account of STACK has already of the things that exist once in it, as JSON.

    GuardDuty's detector, analyzers and service-linked roles that others than STACK made. `up` and `preview` look by
    themselves. For `pulumi up`: export CODEKEEP_EXISTING="$(codekeep existing STACK)". Writes nothing.
    """
    from stacks.engines.choice import engine_of
    from stacks.existing import to_text
    from stacks.project import Project
    from stacks.sessions.existing import existing_of

    project = Project.find()
    click.echo(to_text(existing_of(project, stack, engine_of(project, engine))))
