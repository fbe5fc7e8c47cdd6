"""`ingest`: brings repositories into the index."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime
from codekeep_runtime.cli.options import FILE, as_json, on_platform
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.git.credential import Credential
    from codekeep_runtime.ingest.manifest import Manifest
    from codekeep_runtime.ingest.source import Source

SUBCOMMANDS = ("shard", "queue")


class IngestGroup(click.Group):
    """`ingest PATH...` means `ingest these PATH...`; a folder named like a subcommand is written `./shard`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*SUBCOMMANDS, "-h", "--help"):
            args = ["these", *args]
        return super().parse_args(ctx, args)


@click.group(cls=IngestGroup, no_args_is_help=True)
def ingest() -> None:
    """Mirror and index repositories. `ingest PATH...` is short for `ingest these PATH...`, whose --help has the
    options.
    """


@ingest.command()
@click.argument("locations", nargs=-1, required=True, metavar="PATH_OR_URL...")
@click.option(
    "--branch", "branches", multiple=True, help="Branches to index, as shell patterns. Default: the default branch."
)
@click.option(
    "--name", help="Name of the repository, if there is only one: host/owner/name. Default: from its address."
)
@click.option("--token-file", type=FILE, help="Deploy token for https.")
@click.option("--key-file", type=FILE, help="Private key for ssh.")
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes that parse. Default: one per core.")
@click.option("--ray", metavar="ADDRESS", help="Parse on this Ray cluster (ray://host:port); `local` starts one here.")
@click.option("--allow-purged", is_flag=True, help="Index purged repositories again.")
@as_json
@on_platform
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
    platform: Platform,
) -> None:
    """Index repositories by path or URL; the next run indexes only what changed. After a stop the same command
    continues.

    Exits with 1 if a repository could not be ingested; the others still are.
    """
    from codekeep_runtime.cli.progress_bars import progress_bars
    from codekeep_runtime.ingest.ingest import Options

    credential = _credential(token_file, key_file)
    sources = [_source(each, name, branches, credential) for each in locations]
    if name and len(sources) > 1:
        raise click.UsageError("--name is of one location; there are more")
    with open_runtime(platform) as runtime, progress_bars() as progress:
        manifest = runtime.ingest(sources, progress, Options(workers=workers, ray=ray), allow_purged=allow_purged)
    _report(manifest, as_json=as_json)


@ingest.command()
@click.option("--index", "shard", type=click.IntRange(0), required=True, help="Number of this shard, from 0.")
@click.option("--count", type=click.IntRange(1), required=True, help="Number of shards.")
@as_json
@on_platform
def shard(shard: int, count: int, as_json: bool, platform: Platform) -> None:
    """Index the settings' repositories of one shard, as each pod of the nightly job does."""
    from codekeep_runtime.ingest.source import in_shard

    if shard >= count:
        raise click.UsageError(f"--index must be less than --count {count}, got {shard}")
    with open_runtime(platform) as runtime:
        sources = in_shard((source for _, source in platform.services.sources()), shard, count)
        manifest = runtime.ingest(sources)
    _report(manifest, as_json=as_json)


@ingest.command()
@click.option(
    "--take-seconds",
    type=click.IntRange(1, 43_200),
    required=True,
    help="Stop taking new messages after these seconds.",
)
@as_json
@on_platform
def queue(take_seconds: int, as_json: bool, platform: Platform) -> None:
    """Work through the ingest queue, pushes and the nightly refresh, until it is empty."""
    from codekeep_runtime.jobs.ingest_queue import work_queue

    with open_runtime(platform) as runtime:
        done = work_queue(runtime, take_seconds)
    show.print_result({"messages": done}, f"{done} messages done", as_json=as_json)


def _source(location: str, name: str | None, branches: tuple[str, ...], credential: "Credential | None") -> "Source":
    from codekeep_runtime.core import RepositoryId
    from codekeep_runtime.ingest.source import Source

    if name is None:
        return Source.at(location, branches, credential)
    return Source(repository=RepositoryId.parse(name), location=location, branches=branches, credential=credential)


def _credential(token_file: Path | None, key_file: Path | None) -> "Credential | None":
    """Reads the credential from files, since every user of the machine sees arguments."""
    from codekeep_runtime.git.credential import Credential

    if token_file is None and key_file is None:
        return None
    return Credential(
        token=token_file.read_text().strip() if token_file else "",
        private_key=key_file.read_text() if key_file else "",
    )


def _report(manifest: "Manifest", *, as_json: bool) -> None:
    failures = [{"repository": each.repository, "message": each.message} for each in manifest.failures]
    show.print_result({**manifest.document(), "failures": failures}, "\n".join(_lines(manifest)), as_json=as_json)
    if not as_json:
        for failure in manifest.failures:
            click.echo(f"Error: {failure.repository}: {failure.message}", err=True)
        if manifest.embed_error:
            click.echo(f"Error: no vectors for some chunks ({manifest.embed_error}); the next run continues", err=True)
    if not manifest.is_complete:
        raise click.exceptions.Exit(1)


def _lines(manifest: "Manifest") -> list[str]:
    lines = []
    for each in manifest.branches:
        skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(each.skips.items())) or "none"
        change = f"{each.written} written, {each.removed} removed" if each.changed else "nothing changed"
        name = f"{each.repository}@{each.branch} {each.commit[:12]}"
        lines.append(f"{name}: {each.files} files, {change}, skipped: {skipped}")
    lines += [f"{key}: no commit yet" for key in manifest.empty]
    chunks, seconds = sum(each.chunks for each in manifest.branches), sum(manifest.seconds.values())
    return [*lines, f"{chunks} chunks, {manifest.embedded} vectors, {seconds:.1f} s"]
