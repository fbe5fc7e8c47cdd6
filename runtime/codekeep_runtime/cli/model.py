"""`model`: copies models between folders and the keep's bucket."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import FOLDER, as_json, on_platform

if TYPE_CHECKING:
    from codekeep_contracts.settings.models import ModelRole

    from codekeep_runtime.platform.port import Platform

ROLES = ("chat", "autocomplete", "embed", "rerank")
_role = click.option("--role", type=click.Choice(ROLES), required=True, help="Which of the settings' models.")


@click.group()
def model() -> None:
    """Models of a keep: into its bucket, and onto a node before the engine starts."""


@model.command()
@_role
@click.option("--revision", required=True, help="Must be that of the settings.")
@click.option("--into", type=FOLDER, required=True, help="Folder to fill.")
@click.option("--verify", is_flag=True, help="Check existing files, too; fetched ones are always checked.")
@as_json
@on_platform
def fetch(role: "ModelRole", revision: str, into: Path, verify: bool, as_json: bool, platform: "Platform") -> None:
    """Fill a folder with a model's files. One that differs from its checksum ends with 65."""
    wanted = platform.context.required_settings().model_of(role)
    if revision != wanted.revision:
        raise click.UsageError(f"--revision {revision!r} is not the settings' ({wanted.revision}) of {role}")
    count = platform.services.models().fetch(wanted, into, verify_existing=verify)
    show.result({"fetched": count}, f"{count} files fetched", as_json=as_json)


@model.command()
@_role
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@as_json
@on_platform
def publish(role: "ModelRole", folder: Path, as_json: bool, platform: "Platform") -> None:
    """Upload a model's files to the bucket, at the revision of the settings."""
    wanted = platform.context.required_settings().model_of(role)
    count = platform.services.models().publish(wanted, folder)
    show.result({"published": count}, f"{count} files published", as_json=as_json)
