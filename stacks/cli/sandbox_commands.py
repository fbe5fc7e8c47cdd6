"""`codekeep sandbox`."""

import json
import shlex
import sys
from typing import TYPE_CHECKING

import click
from codekeep_contracts.faults import UsageFault

from stacks.cli.group import CommandGroup
from stacks.cli.options import json_option, yes_option

if TYPE_CHECKING:
    from stacks.engines.sandbox_engine import SandboxAccount


@click.group(cls=CommandGroup)
def sandbox() -> None:
    """Manage the local account that stands in for AWS and Kubernetes. Other commands start it when they need it."""


@sandbox.command()
def start() -> None:
    """Start the account's server, with everything that was in the account."""
    endpoint = _account().ensure()
    click.echo(f"sandbox account {endpoint.account_id} at {endpoint.url}")


@sandbox.command()
def stop() -> None:
    """Stop the account's server. The next start restores the account."""
    click.echo("stopped" if _account().stop() else "was not running")


@sandbox.command()
@json_option
def status(as_json: bool) -> None:
    """Show whether the account runs, and which resources in it are recorded but not emulated."""
    found = _account().status()
    server, endpoint = found.server, found.endpoint
    if as_json:
        where = {"url": endpoint.url, "account": endpoint.account_id, "epoch": endpoint.epoch} if endpoint else {}
        pid = server.pid if server else None
        click.echo(json.dumps({"running": found.running, "pid": pid, **where, "recorded": dict(found.recorded)}))
        return
    if server is None or endpoint is None:
        click.echo("not running")
    else:
        click.echo(f"running at {endpoint.url}, pid {server.pid}, since {server.started}")
        if server.replayed:
            click.echo(f"restored at its last start: {server.replayed} requests, {server.failed} of them failed")
    for type_, count in sorted(found.recorded.items()):
        click.echo(f"  recorded, not emulated: {count} × {type_}")


@sandbox.command()
@yes_option
def reset(yes: bool) -> None:
    """Empty the account. Stacks deployed on it say so at their next command."""
    if not yes:
        if not sys.stdin.isatty():
            raise UsageFault("standard input is no terminal, so nobody can confirm: `codekeep sandbox reset --yes`")
        click.confirm("Remove everything in the sandbox account?", abort=True)
    _account().reset()
    click.echo("the sandbox account is empty")


@sandbox.command()
def env() -> None:
    """Print shell exports for the pulumi CLI: eval "$(codekeep sandbox env)", then `pulumi up -s demo`.

    PATH gains stand-ins for the aws and kubernetes providers, so leave that shell before working on a real account.
    """
    from stacks.engines.sandbox_engine import pulumi_environment
    from stacks.home import PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE
    from stacks.project import Project

    variables = pulumi_environment(Project.find())
    if PASSPHRASE_FILE_VARIABLE in variables:
        click.echo(f"unset {PASSPHRASE_VARIABLE}")
    click.echo(f"export PATH={shlex.quote(variables.pop('PATH'))}:$PATH")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _account() -> "SandboxAccount":
    from stacks.engines.sandbox_engine import account_of
    from stacks.project import Project

    return account_of(Project.find())
