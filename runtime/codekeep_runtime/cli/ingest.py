"""`ingest`: repositories into the index."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.git.credential import Credential
    from codekeep_runtime.ingest.manifest import Manifest
    from codekeep_runtime.ingest.source import Source

SUBCOMMANDS = ("shard", "queue")


class IngestGroup(click.Group):
    """`ingest PATH...` is `ingest these PATH...`; a folder that is called like a subcommand is written `./shard`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*SUBCOMMANDS, "-h", "--help"):
            args = ["these", *args]
        return super().parse_args(ctx, args)


@click.group(cls=IngestGroup, no_args_is_help=True)
def ingest() -> None:
    """Mirror repositories and index them: `ingest PATH_OR_URL... [OPTIONS]`; more by `ingest these --help`."""


@ingest.command()
@click.argument("locations", nargs=-1, required=True, metavar="PATH_OR_URL...")
@click.option("--branch", "branches", multiple=True, help="Only these (patterns as of a shell). Default: the main one.")
@click.option("--name", help="What one location is called here: host/owner/name. Default: after its address.")
@click.option(
    "--token-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Deploy token for https."
)
@click.option("--key-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Private key for ssh.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that parse. Default: one for each core.")
@click.option("--ray", metavar="ADDRESS", help="Parse on this Ray cluster (ray://host:port); `local` starts one here.")
@click.option("--allow-purged", is_flag=True, help="Take in again what was purged.")
@as_json
@placed
def these(
    locations: tuple[str, ...],
    branches: tuple[str, ...],
    name: str | None,
    token_file: Path | None,
    key_file: Path | None,
    workers: int | None,
    ray: str | None,
    allow_purged: bool,
    as_json: bool,
    place: Place,
) -> None:
    """Index repositories by path or URL; run again, only what changed. Stopped at any moment, it goes on from there.

    Ends with 1 where a repository could not be taken in; the others are.
    """
    from codekeep_runtime.assembly.ingesting import run_ingest
    from codekeep_runtime.cli.bars import bars
    from codekeep_runtime.cli.opening import opened

    credential = _credential(token_file, key_file)
    sources = [_source(each, name, branches, credential) for each in locations]
    if name and len(sources) > 1:
        raise click.UsageError("--name is of one location; there are more")
    with opened(place, "ingest" if not place.embedded else None, writes=True) as runtime, bars() as progress:
        manifest = run_ingest(runtime, sources, progress, workers=workers, ray=ray, allow_purged=allow_purged)
    _report(manifest, as_json=as_json)


@ingest.command()
@click.option("--index", "shard", type=click.IntRange(0), required=True, help="Of this shard.")
@click.option("--count", type=click.IntRange(1), required=True, help="Shards in all.")
@as_json
@placed
def shard(shard: int, count: int, as_json: bool, place: Place) -> None:
    """The repositories of the settings that fall into one shard: what each pod of the nightly job does."""
    from codekeep_runtime.assembly.ingesting import run_ingest
    from codekeep_runtime.assembly.sources import linked, of_shard
    from codekeep_runtime.cli.opening import opened
    from codekeep_runtime.ingest.progress import silent

    if shard >= count:
        raise click.UsageError(f"--index must be less than --count {count}, got {shard}")
    with opened(place, "ingest" if not place.embedded else None, writes=True) as runtime:
        sources = of_shard([source for _, source in linked(place)], shard, count)
        manifest = run_ingest(runtime, sources, silent)
    _report(manifest, as_json=as_json)


@ingest.command()
@click.option("--take-seconds", type=click.IntRange(1, 43_200), required=True, help="Take new messages for so long.")
@as_json
@placed
def queue(take_seconds: int, as_json: bool, place: Place) -> None:
    """Work through the ingest queue: pushes and the nightly refresh. Ends when it is empty."""
    from codekeep_runtime.assembly.ingesting import work_queue
    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened

    with opened(place, "ingest" if not place.embedded else None, writes=True) as runtime:
        done = work_queue(runtime, take_seconds)
    if as_json:
        show.document({"messages": done})
    else:
        click.echo(f"{done} messages done")


def _source(location: str, name: str | None, branches: tuple[str, ...], credential: "Credential | None") -> "Source":
    from codekeep_runtime.core.repository import RepositoryId
    from codekeep_runtime.ingest.source import Source

    if name is None:
        return Source.at(location, branches, credential)
    return Source(repository=RepositoryId.parse(name), location=location, branches=branches, credential=credential)


def _credential(token_file: Path | None, key_file: Path | None) -> "Credential | None":
    """From files: an argument would be seen by every user of the machine."""
    from codekeep_runtime.git.credential import Credential

    if token_file is None and key_file is None:
        return None
    return Credential(
        token=token_file.read_text().strip() if token_file else "",
        private_key=key_file.read_text() if key_file else "",
    )


def _report(manifest: "Manifest", *, as_json: bool) -> None:
    from codekeep_runtime.cli import show

    if as_json:
        failures = [{"repository": each.repository, "message": each.message} for each in manifest.failures]
        show.document({**manifest.document(), "failures": failures})
    else:
        for each in manifest.branches:
            skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(each.skips.items())) or "none"
            change = f"{each.written} written, {each.removed} removed" if each.changed else "nothing changed"
            click.echo(
                f"{each.repository}@{each.branch} {each.commit[:12]}: {each.files} files, {change}, left out: {skipped}"
            )
        for key in manifest.empty:
            click.echo(f"{key}: no commit yet")
        seconds = sum(manifest.seconds.values())
        click.echo(
            f"{sum(each.chunks for each in manifest.branches)} chunks, {manifest.embedded} vectors, {seconds:.1f} s"
        )
        for failure in manifest.failures:
            click.echo(f"Error: {failure.repository}: {failure.message}", err=True)
        if manifest.embed_error:
            click.echo(f"Error: no vectors for some chunks ({manifest.embed_error}); the next run goes on", err=True)
    if not manifest.is_complete:
        raise click.exceptions.Exit(1)
