"""`codekeep-runtime`: one entry point; each command loads what it needs when it runs."""

import sys
from importlib import import_module

import click
from codekeep_contracts.faults import Fault

from codekeep_runtime import VERSION
from codekeep_runtime.cli.ending import end_by_sigterm

COMMANDS = {  # name → (module of codekeep_runtime.cli, attribute, one line of help)
    "init": ("init", "init", "Make a data folder and say what may be done next."),
    "ingest": ("ingest", "ingest", "Mirror repositories and index them."),
    "search": ("search", "search", "Find code."),
    "ask": ("ask", "ask", "Ask a question; the answer cites what it stands on."),
    "symbols": ("symbols", "symbols", "Where something is defined, mentioned or called."),
    "serve": ("serve", "serve", "Serve search and chat over HTTP, with a page to try them."),
    "status": ("status", "status", "What is indexed, how fresh it is, and what was left out."),
    "audit": ("audit", "audit", "Verify the record of who saw what."),
    "purge": ("purge", "purge", "Forget a repository or a reader, with proof."),
    "snapshot": ("snapshot", "snapshot", "Copies of a keep's index: take, list, restore."),
    "access": ("access", "access", "Service accounts, people shut out, and what Git hosts confirm."),
    "webhook": ("webhook", "webhook", "Receive pushes of a keep's Git hosts."),
    "index-worker": ("index_worker", "index_worker", "Take what ingest handed on into a keep's index."),
    "model": ("model", "model", "Put a model into a keep's bucket, and onto a node."),
}


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"codekeep_runtime.cli.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, _, help_) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="codekeep-runtime")
def cli() -> None:
    """Your repositories, searched and asked, under their own access rules. Nothing leaves this machine."""


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 failed, 2 wrong command line; 65, 77, 78 as in core.faults;
    130 and 143 told to stop.
    """
    end_by_sigterm()
    try:
        code = cli.main(standalone_mode=False)  # an Exit comes back as its code
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("Stopped; the same command goes on from here.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Fault as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(fault.exit_code)


if __name__ == "__main__":
    main()
