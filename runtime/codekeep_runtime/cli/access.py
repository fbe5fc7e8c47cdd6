"""`access`: manages service accounts and shut-outs, and asks Git hosts for permissions."""

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime
from codekeep_runtime.cli.options import as_json, on_platform
from codekeep_runtime.platform.port import Platform


@click.group()
def access() -> None:
    """Manage service accounts, shut people out, and take permissions from Git hosts.

    In a keep, create, revoke and shut-out run in an index-worker pod, the only one that may change the index; sync runs
    in an ingest pod, the only one that reaches Git hosts.
    """


@access.command()
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="Days until it expires.")
@click.option("--team", help="The account reads what this team may.")
@click.option("--repo", "repositories", multiple=True, help="Repository that it may read: host/owner/name. Repeatable.")
@as_json
@on_platform
def create(
    name: str, days: int, team: str | None, repositories: tuple[str, ...], as_json: bool, platform: Platform
) -> None:
    """Create a service account NAME and print its token, which cannot be printed again."""
    from codekeep_runtime.core import RepositoryId

    granted = frozenset(RepositoryId.parse(key) for key in repositories)
    token = platform.accounts.create(name, days=days, team=team, repositories=granted)
    show.print_result({"name": name, "token": token}, token, as_json=as_json)


@access.command()
@click.argument("name")
@as_json
@on_platform
def revoke(name: str, as_json: bool, platform: Platform) -> None:
    """Revoke a service account; running answers end within 5 seconds."""
    platform.accounts.revoke(name)
    show.print_result({"revoked": name}, f"{name} is revoked", as_json=as_json)


@access.command("shut-out")
@click.argument("reader_id", metavar="READER_ID")
@as_json
@on_platform
def shut_out(reader_id: str, as_json: bool, platform: Platform) -> None:
    """Shut a person out before their token expires, by the id in audit records."""
    platform.accounts.revoke_reader(reader_id)
    show.print_result({"shut_out": reader_id}, f"{reader_id} is shut out", as_json=as_json)


@access.command()
@as_json
@on_platform
def sync(as_json: bool, platform: Platform) -> None:
    """Ask the settings' Git hosts who may read what. From then on, a grant counts only if its host confirms it.

    In a keep, the settings' access.confirmed_by_git_hosts says whether grants need it.
    """
    with open_runtime(platform) as runtime:
        done = platform.sync_permissions(runtime.indexed)
    text = f"{done.confirmed} repositories confirmed, {done.gone} not there, {done.failed} not answered by their host"
    show.print_result(vars(done), text, as_json=as_json)
    if done.failed:
        raise click.exceptions.Exit(1)
