"""`snapshot`: takes, lists and restores copies of a keep's index."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import FOLDER, Command, as_json, on_platform
from codekeep_runtime.cli.progress_bars import bytes_bar
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.index.opensearch.snapshots import Snapshot
    from codekeep_runtime.platform.aws.snapshots import Location


def _located(command: Command) -> Command:
    """Options for where snapshots are stored. The command passes them to `_location`."""
    for option in (
        click.option(
            "--folder", type=FOLDER, help="Instead of a bucket: folder under path.repo of a server on this machine."
        ),
        click.option("--role-arn", help="IAM role with which the domain writes. Default: that of the keep's stack."),
        click.option("--bucket", help="Bucket of the snapshots. Default: the settings' bucket for snapshots."),
    ):
        command = option(command)
    return command


def _location(folder: Path | None, **options: str | None) -> "Location":
    from codekeep_runtime.platform.aws.snapshots import Location

    if folder and any(options.values()):
        raise click.UsageError("--folder goes without --bucket and --role-arn")
    return Location(folder=folder, **options)


@click.group()
def snapshot() -> None:
    """Take, list and restore copies of a keep's index.

    Only the administrator of the keep's domain may: the service account `index-admin` in
    codekeep-search-administration.
    """


@snapshot.command()
@click.option(
    "--name",
    help="Name of the snapshot: lower-case letters, digits, - and _. Default: the time, as in 20261128-073000.",
)
@_located
@as_json
@on_platform
def take(name: str | None, as_json: bool, platform: Platform, **location: Any) -> None:
    """Copy the index that serves, and wait until the copy is complete."""
    with platform.snapshots(_location(**location)) as keep, bytes_bar("Taking a snapshot") as on_bytes:
        taken = keep.take(name, on_bytes)
    show.print_result(_document(taken), _line(taken), as_json=as_json)


@snapshot.command("list")
@_located
@as_json
@on_platform
def list_(as_json: bool, platform: Platform, **location: Any) -> None:
    """List the snapshots that can be restored, the oldest first."""
    with platform.snapshots(_location(**location)) as keep:
        found = keep.snapshots.list()
    document = {"repository": keep.snapshots.repository, "snapshots": [_document(each) for each in found]}
    text = "\n".join(map(_line, found)) or "none yet: codekeep-runtime snapshot take"
    show.print_result(document, text, as_json=as_json)


@snapshot.command()
@click.argument("name")
@click.option("--with-removed", is_flag=True, help="Restore branches that were removed since, purged ones too.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@_located
@as_json
@on_platform
def restore(name: str, with_removed: bool, yes: bool, as_json: bool, platform: Platform, **location: Any) -> None:
    """Replace the index by the content of snapshot NAME. Index workers must be stopped.

    It is copied beside the index that serves, which is deleted only once the copy is complete and serves. If this is
    killed, the same command continues. Branches that are no longer in the index are not restored.
    """
    with platform.snapshots(_location(**location)) as keep:
        line = _line(keep.snapshots.named(name))
        if not yes:
            click.confirm(
                f"{line}\nServe this in place of what serves now? Are index workers stopped?", abort=True, err=True
            )
        with bytes_bar("Restoring") as on_bytes:
            done = keep.snapshot_restore.restore(name, on_bytes, with_removed=with_removed)
    skipped = [{"repository": each.repository.key, "branch": each.name} for each in done.skipped]
    lines = [f"{done.index} serves with {done.branches} branches, as they were"]
    lines += [
        show.printable(f"  {each['repository']}@{each['branch']} is not restored: it was removed since")
        for each in skipped
    ]
    document = {"snapshot": name, "index": done.index, "branches": done.branches, "left_out": skipped}
    show.print_result(document, "\n".join(lines), as_json=as_json)


def _document(each: "Snapshot") -> dict[str, Any]:
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
