"""`purge`: the right to be forgotten."""

import json

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place


@click.command()
@click.option("--repo", help="host/owner/name of a repository.")
@click.option("--user", help="A reader: their name, or the id that audit records carry.")
@click.option("--allow", metavar="HOST/OWNER/NAME", help="Instead: take in again what was purged.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@placed
def purge(repo: str | None, user: str | None, allow: str | None, yes: bool, as_json: bool, place: Place) -> None:
    """Remove a repository or a reader from every store, read all of them again, and sign what was seen.

    Audit records stay: they hold ids, no names and no code. In a keep this runs in an index-worker pod,
    the only one that may change the index.
    """
    from codekeep_runtime.assembly.purging import allow as allow_again
    from codekeep_runtime.assembly.purging import run_purge
    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened

    if sum(each is not None for each in (repo, user, allow)) != 1:
        raise click.UsageError("give either --repo or --user, or --allow")
    if allow is not None:
        allow_again(place, allow)
        show.document({"allowed": allow}) if as_json else click.echo(f"{allow} is taken in again")
        return
    if not yes:
        click.confirm(f"Forget {repo or user} for good?", abort=True, err=True)
    with opened(place, "purge" if not place.embedded else None, writes=True) as runtime:
        kept = run_purge(runtime, repository=repo, user=user)
    proof = json.loads(kept.document)
    if as_json:
        show.document({**proof, "path": kept.where})
        return
    for store, count in proof["before"].items():
        click.echo(f"{store}: {count} before, {proof['after'][store]} now")
    click.echo(f"Proof: {kept.where}")
