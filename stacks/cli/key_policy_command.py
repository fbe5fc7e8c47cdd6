"""`codekeep key-policy`."""

import json
from pathlib import Path

import click

from stacks.cli.options import stack_argument


@click.command(name="key-policy")
@stack_argument
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file for each key into this folder, as `aws kms put-key-policy --policy file://...` takes it.",
)
def key_policy(stack: str, folder: Path | None) -> None:
    """Print the policies that the customer must write for the keys they hold (keys.customer_held of STACK).

    One JSON document for each key, replicas included; standard error says which key it is for. The holder may add
    statements of their own. Uses no engine and no network.
    """
    from stacks.project import Project
    from stacks.sessions.key_policies import held_keys_of

    for held in held_keys_of(Project.find(), stack):
        text = json.dumps(held.policy, indent=2)
        if folder is None:
            click.echo(f"{held.name}: {held.key_arn}", err=True)
            click.echo(text)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{held.name}.json"
            file.write_text(text + "\n", encoding="utf-8")
            click.echo(f"{file}: {held.key_arn}")
