"""`model`: copies models from the keep's bucket. Runs in engines' images, which have no index."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from codekeep_contracts.roles import ModelRole

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import FOLDER, as_json, in_context

if TYPE_CHECKING:
    from codekeep_contracts.settings.models import ModelSettings

    from codekeep_runtime.platform.aws.model_store import ModelStore
    from codekeep_runtime.platform.context import RuntimeContext

_role = click.option(
    "--role", type=click.Choice(get_args(ModelRole)), required=True, help="Role of the model in the settings."
)


@click.group()
def model() -> None:
    """Copy models from the keep's bucket onto a node, before the engine starts."""


@model.command()
@_role
@click.option("--revision", required=True, help="Revision of the model; must be that of the settings.")
@click.option("--into", type=FOLDER, required=True, help="Folder to fill.")
@click.option("--verify", is_flag=True, help="Check existing files, too; fetched ones are always checked.")
@as_json
@in_context
def fetch(role: ModelRole, revision: str, into: Path, verify: bool, as_json: bool, context: "RuntimeContext") -> None:
    """Fill a folder with a model's files. Exits with 65 if a file differs from its checksum."""
    store, wanted = _store(context, role)
    if revision != wanted.revision:
        raise click.UsageError(f"--revision {revision!r} is not the settings' ({wanted.revision}) of {role}")
    count = store.fetch(wanted, into, verify_existing=verify)
    show.print_result({"fetched": count}, f"{count} files fetched", as_json=as_json)


def _store(context: "RuntimeContext", role: ModelRole) -> "tuple[ModelStore, ModelSettings]":
    from codekeep_contracts.roles import BucketRole

    from codekeep_runtime.platform.aws.clients import client
    from codekeep_runtime.platform.aws.model_store import ModelStore

    settings = context.required_settings()
    return ModelStore(client(settings, "s3"), settings.bucket(BucketRole.MODELS)), settings.model_of(role)
