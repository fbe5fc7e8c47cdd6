"""`model`: models between a folder and the keep's bucket."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_contracts.settings.models import ModelRole, ModelSettings

    from codekeep_runtime.keep.model_store import ModelStore

ROLES = ("chat", "autocomplete", "embed", "rerank")
_role = click.option("--role", type=click.Choice(ROLES), required=True, help="Which of the settings' models.")


@click.group()
def model() -> None:
    """Models of a keep: into its bucket, and onto a node before the engine starts."""


@model.command()
@_role
@click.option("--revision", required=True, help="Must be the settings': a release serves what it was made for.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to fill.")
@click.option("--verify", is_flag=True, help="Read again what is there already; what is fetched is always checked.")
@as_json
@placed
def fetch(role: "ModelRole", revision: str, into: Path, verify: bool, as_json: bool, place: Place) -> None:
    """Fill a folder with a model's files. One that differs from its checksum ends with 65."""
    store, wanted = _store(place, role)
    if revision != wanted.revision:
        raise click.UsageError(f"--revision {revision!r} is not the settings' ({wanted.revision}) of {role}")
    _say(store.fetch(wanted, into, verify_existing=verify), "fetched", as_json=as_json)


@model.command()
@_role
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@as_json
@placed
def publish(role: "ModelRole", folder: Path, as_json: bool, place: Place) -> None:
    """Put a model's files into the bucket, at the revision that the settings name."""
    store, wanted = _store(place, role)
    _say(store.publish(wanted, folder), "published", as_json=as_json)


def _store(place: Place, role: "ModelRole") -> "tuple[ModelStore, ModelSettings]":
    """
    Raises:
        SettingsFault: there are no settings, or they name no such model or no bucket for models.
    """
    from codekeep_contracts.faults import SettingsFault

    from codekeep_runtime.keep.aws import client
    from codekeep_runtime.keep.model_store import ModelStore

    settings = place.settings
    if settings is None or "models" not in settings.buckets:
        raise SettingsFault("buckets.models is not in the settings; models are a keep's: give --settings")
    return ModelStore(client(settings, "s3"), settings.buckets["models"]), settings.model_of(role)


def _say(count: int, done: str, *, as_json: bool) -> None:
    from codekeep_runtime.cli.show import document

    if as_json:
        document({done: count})
    else:
        click.echo(f"{count} files {done}")
