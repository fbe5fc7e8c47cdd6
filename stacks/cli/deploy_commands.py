"""`codekeep up`, `preview`, `refresh`, `destroy`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from stacks.cli.options import (
    engine_option,
    events_option,
    policy_config_option,
    policy_option,
    stack_argument,
    yes_option,
)
from stacks.gc_tuning import relax_gc

Command = Callable[..., Any]


def _deployment_options(command: Command) -> Command:
    for decorate in (yes_option, events_option, policy_config_option, policy_option, engine_option, stack_argument):
        command = decorate(command)
    return command


@click.command()
@_deployment_options
@click.option(
    "--only-registry", is_flag=True, help="Make the registry, the bucket of models and their keys, and nothing else."
)
def up(**options: Any) -> None:
    """Create, update, replace and delete resources until the keep of STACK matches its spec.

    Shows the difference and asks before it changes anything; --yes does not ask. Where images or models of the release
    are missing, makes the registry first, says what to push, and goes on from there the next time.
    """
    _run("up", **options)


@click.command()
@_deployment_options
def preview(**options: Any) -> None:
    """Show what `up` would change on STACK, property by property. Changes nothing."""
    _run("preview", **options)


@click.command()
@_deployment_options
def refresh(**options: Any) -> None:
    """Read every resource of STACK from the account, and record in the state what was changed outside of Pulumi."""
    _run("refresh", **options)


@click.command()
@_deployment_options
def destroy(**options: Any) -> None:
    """Remove everything that STACK deployed. Refuses where a resource is protected."""
    _run("destroy", **options)


def _run(
    operation: str,
    *,
    stack: str,
    engine: str,
    policy_packs: tuple[Path, ...],
    policy_pack_configs: tuple[Path, ...],
    as_json: bool,
    yes: bool,
    only_registry: bool = False,
) -> None:
    relax_gc()
    from codekeep_contracts.engine_events import Operation

    from stacks.cli.deploy import DeployCommand, pair_policy_packs
    from stacks.engines.choice import engine_of
    from stacks.project import Project
    from stacks.sessions.preconditions import spec_notices

    packs = pair_policy_packs(policy_packs, policy_pack_configs)
    project = Project.find()
    project.stack_file(stack)
    if operation in ("up", "preview"):
        for each in spec_notices(project, stack):
            click.echo(f"to do: {each}", err=True)
    command = DeployCommand(
        project=project,
        stack=stack,
        engine=engine_of(project, engine),
        policy_packs=packs,
        as_json=as_json,
        yes=yes,
        only_registry=only_registry,
    )
    if not command.run(Operation(operation)):
        raise click.exceptions.Exit(1)
