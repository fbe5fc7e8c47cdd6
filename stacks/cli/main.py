"""`codekeep`: the entry point. Each command's module is imported when the command runs."""

from importlib import import_module

import click

from stacks.cli.group import CommandGroup

COMMANDS = {  # name → (module, attribute, one line of help)
    "up": ("stacks.cli.deploy_commands", "up", "Create or change a keep so that it matches its spec."),
    "preview": ("stacks.cli.deploy_commands", "preview", "Show what `up` would change."),
    "refresh": ("stacks.cli.deploy_commands", "refresh", "Update the state from the account."),
    "destroy": ("stacks.cli.deploy_commands", "destroy", "Remove a keep."),
    "outputs": ("stacks.cli.outputs_command", "outputs", "Print the outputs of a deployed stack."),
    "graph": ("stacks.cli.graph_command", "graph", "Print a stack's components and resources."),
    "manifests": ("stacks.cli.manifests_command", "manifests", "Print a stack's Kubernetes objects as YAML."),
    "key-policy": ("stacks.cli.key_policy_command", "key_policy", "Print the key policies that the customer writes."),
    "deployer-policy": (
        "stacks.cli.deployer_policy_command",
        "deployer_policy",
        "Print the least permissions of the role that deploys.",
    ),
    "existing": ("stacks.cli.existing_command", "existing", "Print what the account has already."),
    "check": ("stacks.cli.check_command", "check", "Check stacks against the policies."),
    "spec": ("stacks.cli.spec_commands", "spec", "Check specs and print their schema."),
    "images": ("stacks.cli.images_commands", "images", "Render, pin and check the reference images."),
    "models": ("stacks.cli.models_commands", "models", "Put models into a keep's bucket."),
    "sandbox": ("stacks.cli.sandbox_commands", "sandbox", "Manage the local stand-in for AWS and Kubernetes."),
}


class LazyGroup(CommandGroup):
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
    """Build, check and remove keeps: one isolated AWS environment per customer."""


def main() -> None:
    """Runs the command line. Exit codes: 0 success, 1 failure, 2 bad input."""
    cli()


if __name__ == "__main__":
    main()
