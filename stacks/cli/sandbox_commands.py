"""`codekeep sandbox`: the local account that stands in for AWS and a cluster."""

import json
import shlex
from typing import TYPE_CHECKING

import click

from stacks.cli.errors import BadInputError
from stacks.cli.home import PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE, Home, given_passphrase
from stacks.cli.options import yes_option
from stacks.cli.project import Project

if TYPE_CHECKING:
    from sandbox.account import Endpoint


@click.group()
def sandbox() -> None:
    """The local stand-in account; the other commands start it by themselves."""


@sandbox.command()
def start() -> None:
    """Start the account where it does not run, with everything that was in it."""
    endpoint = _ensured(_home())
    click.echo(f"sandbox account {endpoint.account_id} at {endpoint.url}")


@sandbox.command()
def stop() -> None:
    """Stop the account's server; the account comes back with the next start."""
    from sandbox.account import Account

    click.echo("stopped" if Account(_home().sandbox).stop() else "was not running")


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def status(as_json: bool) -> None:
    """Show whether the account runs, and what in it is recorded but not emulated."""
    from sandbox.account import Account

    found = Account(_home().sandbox).status()
    endpoint = found.endpoint
    if as_json:
        where = {"url": endpoint.url, "account": endpoint.account_id, "epoch": endpoint.epoch} if endpoint else {}
        click.echo(json.dumps({"running": found.running, "pid": found.pid, **where, "recorded": found.recorded}))
        return
    click.echo(f"running at {endpoint.url}, pid {found.pid}, since {found.started}" if endpoint else "not running")
    if found.replayed:
        click.echo(f"brought back at its last start: {found.replayed} requests, {found.failed} of them failed")
    for type_, count in sorted(found.recorded.items()):
        click.echo(f"  recorded, not emulated: {count} × {type_}")


@sandbox.command()
@yes_option
def reset(yes: bool) -> None:
    """Forget everything in the account. Stacks deployed on it are told so."""
    import sys

    from sandbox.account import Account

    if not yes:
        if not sys.stdin.isatty():
            raise BadInputError("standard input is no terminal, so nobody can confirm: `codekeep sandbox reset --yes`")
        click.confirm("Forget everything in the sandbox account?", abort=True)
    Account(_home().sandbox).reset()
    click.echo("the sandbox account is empty")


@sandbox.command()
def env() -> None:
    """Print shell exports for the pulumi CLI: eval "$(codekeep sandbox env)", then `pulumi up -s demo`.

    PATH gains stand-ins for the aws and kubernetes providers, so leave that shell before working on a real account.
    """
    from stacks.cli.plugin_wrappers import write_wrappers
    from stacks.cli.sandbox_engine import sandbox_environment

    home = _home()
    home.prepare()
    home.backend.mkdir(parents=True, exist_ok=True)
    bin_folder = write_wrappers(home.sandbox / "bin")
    exports = {
        **sandbox_environment(home, _ensured(home)),
        "PULUMI_BACKEND_URL": f"file://{home.backend}",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    if given_passphrase() is None:
        home.passphrase()
        exports[PASSPHRASE_FILE_VARIABLE] = str(home.passphrase_file)
        click.echo(f"unset {PASSPHRASE_VARIABLE}")
    click.echo(f"export PATH={shlex.quote(str(bin_folder))}:$PATH")
    for name, value in exports.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _home() -> Home:
    return Home.of(Project.find().root)


def _ensured(home: Home) -> "Endpoint":
    from stacks.cli.sandbox_engine import ensured

    return ensured(home)
