"""Entry point of `codekeep-runtime`. A command's modules are imported when it runs."""

import sys
from importlib import import_module

import click
from codekeep_contracts.faults import Fault

from codekeep_runtime import VERSION
from codekeep_runtime.cli.signals import exit_on_sigterm

COMMANDS = {  # name → one line of help; the module and its command are called the same
    "init": "Create a data folder and print the next steps.",
    "ingest": "Mirror repositories and index them.",
    "search": "Find code.",
    "ask": "Ask a question; the answer cites its sources.",
    "symbols": "Find where a name is defined, mentioned or called.",
    "serve": "Serve search and chat over HTTP, with a page to try them.",
    "status": "Show what is indexed, how fresh it is, and what was skipped.",
    "audit": "Verify the record of who saw what.",
    "purge": "Delete a repository or a reader everywhere, with a signed proof.",
    "snapshot": "Take, list and restore copies of a keep's index.",
    "access": "Manage service accounts, shut people out, take permissions from Git hosts.",
    "webhook": "Receive pushes of a keep's Git hosts.",
    "index-worker": "Index and embed what ingest sent to a keep.",
    "search-roles": "Let a keep's pods use its indexes in the search domain.",
    "model": "Copy a model from the keep's bucket onto a node.",
}


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command = getattr(import_module(f"codekeep_runtime.cli.{module}"), module)
        assert isinstance(command, click.Command)  # noqa: S101 - COMMANDS lists modules of this package
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="codekeep-runtime")
def cli() -> None:
    """Search your repositories and ask about them, under their own access rules. On a laptop nothing leaves the
    machine.
    """


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 failed, 2 wrong command line, 65, 77 and 78 as in
    codekeep_contracts.faults, 130 and 143 stopped by a signal.
    """
    exit_on_sigterm()
    try:
        code = cli.main(standalone_mode=False)  # an Exit comes back as its code
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("Stopped; the same command continues from here.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Fault as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(fault.exit_code)


if __name__ == "__main__":
    main()
