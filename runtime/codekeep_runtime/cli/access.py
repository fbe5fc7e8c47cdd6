"""`access`: what lets readers in beside the settings' teams."""

from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.access.sync import Synced


@click.group()
def access() -> None:
    """Service accounts, people shut out, and what Git hosts confirm.

    In a keep create, revoke and shut-out run in an index-worker pod, the only one that may change the index; sync runs
    in an ingest pod, the only one that reaches Git hosts.
    """


@access.command()
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="Until it expires.")
@click.option("--team", help="Reads what this team may.")
@click.option("--repo", "repositories", multiple=True, help="Reads this one: host/owner/name. Repeatable.")
@as_json
@placed
def create(name: str, days: int, team: str | None, repositories: tuple[str, ...], as_json: bool, place: Place) -> None:
    """Make a service account NAME and print its token, which cannot be had again."""
    from codekeep_runtime.assembly.shared import accounts_of
    from codekeep_runtime.cli import show
    from codekeep_runtime.core.repository import RepositoryId

    granted = frozenset(RepositoryId.parse(key) for key in repositories)
    token = accounts_of(place).create(name, days=days, team=team, repositories=granted)
    if as_json:
        show.document({"name": name, "token": token})
    else:
        click.echo(token)


@access.command()
@click.argument("name")
@as_json
@placed
def revoke(name: str, as_json: bool, place: Place) -> None:
    """End a service account; running answers end within 5 seconds."""
    from codekeep_runtime.assembly.shared import accounts_of
    from codekeep_runtime.cli import show

    accounts_of(place).revoke(name)
    if as_json:
        show.document({"revoked": name})
    else:
        click.echo(f"{name} is revoked")


@access.command("shut-out")
@click.argument("reader_id", metavar="READER_ID")
@as_json
@placed
def shut_out(reader_id: str, as_json: bool, place: Place) -> None:
    """Shut a person out, by the id that audit records carry, before their token expires."""
    from codekeep_runtime.assembly.shared import accounts_of
    from codekeep_runtime.cli import show

    accounts_of(place).revoke_reader(reader_id)
    if as_json:
        show.document({"shut_out": reader_id})
    else:
        click.echo(f"{reader_id} is shut out")


@access.command()
@as_json
@placed
def sync(as_json: bool, place: Place) -> None:
    """Ask the settings' Git hosts who may read what; from then on, a grant counts only where its host confirms it.

    In a keep, the settings' access.confirmed_by_git_hosts says whether grants need it.
    """
    from codekeep_runtime.cli import show

    done = _synchronised(place)
    if as_json:
        show.document({"confirmed": done.confirmed, "gone": done.gone, "failed": done.failed})
    else:
        click.echo(f"{done.confirmed} repositories confirmed, {done.gone} not there, {done.failed} hosts did not say")
    if done.failed:
        raise click.exceptions.Exit(1)


def _synchronised(place: Place) -> "Synced":
    from codekeep_runtime import telemetry
    from codekeep_runtime.assembly.syncing import synchronised, synchronised_in_keep
    from codekeep_runtime.cli.opening import opened

    if place.embedded:
        with opened(place) as runtime:
            return synchronised(place, runtime.indexed())
    telemetry.setup(place.settings)
    return synchronised_in_keep(place)
