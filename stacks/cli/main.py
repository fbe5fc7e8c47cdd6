"""`codekeep`: one entry point; each command loads what it needs when it runs."""

import sys
from importlib import import_module

import click

from stacks.cli.errors import ExitCode

COMMANDS = {  # name → (module, attribute, one line of help)
    "up": ("stacks.cli.deploy_commands", "up", "Bring a keep to what its spec says."),
    "preview": ("stacks.cli.deploy_commands", "preview", "Show what `up` would change."),
    "refresh": ("stacks.cli.deploy_commands", "refresh", "Read back what is really there into the state."),
    "destroy": ("stacks.cli.deploy_commands", "destroy", "Remove a keep."),
    "outputs": ("stacks.cli.outputs_command", "outputs", "Print the outputs of a deployed stack."),
    "graph": ("stacks.cli.graph_command", "graph", "Print what a stack consists of."),
    "manifests": ("stacks.cli.manifests_command", "manifests", "Print a stack's Kubernetes objects as YAML."),
    "check": ("stacks.cli.check_command", "check", "Judge stacks by the policies."),
    "spec": ("stacks.cli.spec_commands", "spec", "Check specs and print their schema."),
    "images": ("stacks.cli.images_commands", "images", "The reference images: files, locks, checks, matrix."),
    "sandbox": ("stacks.cli.sandbox_commands", "sandbox", "The local stand-in account."),
}


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, _, help_) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="codekeep")
def cli() -> None:
    """One keep per customer: an isolated environment for copilots on the customer's own code."""


def main() -> None:
    """Runs the command line; exit codes 0 ok, 1 failed, 2 bad input."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(ExitCode.FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
