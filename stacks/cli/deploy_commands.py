"""`codekeep up`, `preview`, `refresh`, `destroy`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from stacks.cli.options import (
    engine_option,
    json_option,
    policy_config_option,
    policy_option,
    stack_argument,
    yes_option,
)
from stacks.garbage import collect_rarely

Command = Callable[..., Any]


def _deployment_options(command: Command) -> Command:
    for decorate in (yes_option, json_option, policy_config_option, policy_option, engine_option, stack_argument):
        command = decorate(command)
    return command


@click.command()
@_deployment_options
def up(**options: Any) -> None:
    """Bring the keep of STACK to what its spec says: create, update, replace, delete.

    Shows the difference and asks before it changes anything; --yes does not ask.
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
    """Read every resource of STACK back and take what was changed behind Pulumi's back into the state."""
    _run("refresh", **options)


@click.command()
@_deployment_options
def destroy(**options: Any) -> None:
    """Remove everything that STACK deployed. Protected resources are refused."""
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
) -> None:
    collect_rarely()
    from stacks.cli.deploy import Session
    from stacks.cli.engines import policy_packs_of

    packs = policy_packs_of(policy_packs, policy_pack_configs)
    Session.open(stack, engine=engine, policy_packs=packs, as_json=as_json, yes=yes).run(operation)
