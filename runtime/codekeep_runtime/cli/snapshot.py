"""`snapshot`: copies of a keep's index."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekeep_runtime.cli.options import Command, as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.assembly.snapshots import Location
    from codekeep_runtime.index.opensearch.snapshots import Snapshot


def _located(command: Command) -> Callable[..., Any]:
    """Where snapshots lie; the command receives `location`."""
    import functools

    @functools.wraps(command)
    def run(*args: Any, bucket: str | None, role_arn: str | None, folder: Path | None, **rest: Any) -> Any:
        from codekeep_runtime.assembly.snapshots import Location

        if folder and (bucket or role_arn):
            raise click.UsageError("--folder goes without --bucket and --role-arn")
        return command(*args, location=Location(bucket=bucket, role_arn=role_arn, folder=folder), **rest)

    for option in (
        click.option(
            "--folder",
            type=click.Path(path_type=Path, file_okay=False),
            help="In place of a bucket: under path.repo of a server on this machine.",
        ),
        click.option("--role-arn", help="By which the domain writes. Default: of the keep's stack."),
        click.option("--bucket", help="Where they lie. Default: the settings' for snapshots."),
    ):
        run = option(run)
    return run


@click.group()
def snapshot() -> None:
    """Copies of a keep's index.

    Only the administrator of the keep's domain may: the service account `index-admin` in codekeep-system.
    """


@snapshot.command()
@click.option("--name", help="Small letters, digits, - and _. Default: the time, as in 20261128-073000.")
@_located
@as_json
@placed
def take(name: str | None, location: "Location", as_json: bool, place: Place) -> None:
    """Copy the index that serves, and wait until the copy is whole."""
    from codekeep_runtime.assembly.snapshots import keep_snapshots
    from codekeep_runtime.cli.bars import bytes_bar

    with keep_snapshots(place, location) as keep, bytes_bar("Taking a snapshot") as told:
        taken = keep.take(name, told)
    if as_json:
        _document(_told(taken))
    else:
        click.echo(_line(taken))


@snapshot.command("list")
@_located
@as_json
@placed
def list_(location: "Location", as_json: bool, place: Place) -> None:
    """What can be restored, the oldest first."""
    from codekeep_runtime.assembly.snapshots import keep_snapshots

    with keep_snapshots(place, location) as keep:
        found = keep.snapshots.list()
    if as_json:
        _document({"repository": keep.snapshots.repository, "snapshots": [_told(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("none yet: codekeep-runtime snapshot take")


@snapshot.command()
@click.argument("name")
@click.option("--with-removed", is_flag=True, help="Bring back branches that have left since, purged ones too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_located
@as_json
@placed
def restore(name: str, with_removed: bool, yes: bool, location: "Location", as_json: bool, place: Place) -> None:
    """Make what snapshot NAME holds serve. Index workers must be stopped.

    It is copied beside the index that serves, which goes only once the copy is whole and serves; killed on the way, the
    same command goes on. Branches that are not in the index any more stay away.
    """
    from codekeep_runtime.assembly.snapshots import keep_snapshots
    from codekeep_runtime.cli.bars import bytes_bar
    from codekeep_runtime.cli.show import plain

    with keep_snapshots(place, location) as keep:
        line = _line(keep.snapshots.named(name))
        if not yes:
            click.confirm(
                f"{line}\nServe this in place of what serves now? Are index workers stopped?", abort=True, err=True
            )
        with bytes_bar("Restoring") as told:
            done = keep.restoring.restore(name, told, with_removed=with_removed)
    left_out = [{"repository": each.repository.key, "branch": each.name} for each in done.left_out]
    if as_json:
        _document({"snapshot": name, "index": done.index, "branches": done.branches, "left_out": left_out})
        return
    click.echo(f"{done.index} serves with {done.branches} branches, as they were")
    for each in left_out:
        click.echo(plain(f"  {each['repository']}@{each['branch']} stays away: it left the index since"))


def _told(each: "Snapshot") -> dict[str, Any]:
    return {
        "name": each.name,
        "state": each.state,
        "began_at": each.began_at.isoformat(timespec="seconds"),
        "seconds": each.seconds,
        "indices": list(each.indices),
    }


def _line(each: "Snapshot") -> str:
    began, indices = f"{each.began_at:%Y-%m-%d %H:%M} UTC", ", ".join(each.indices)
    return f"{each.name}  {began}  {each.seconds:.1f} s  {each.state}  {indices}"


def _document(value: dict[str, Any]) -> None:
    from codekeep_runtime.cli.show import document

    document(value)
