"""`purge`: deletes a repository or a reader from every store."""

import json

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime
from codekeep_runtime.cli.options import as_json, on_platform
from codekeep_runtime.platform.port import Platform


@click.command()
@click.option("--repo", help="Repository to delete: host/owner/name.")
@click.option("--user", help="Reader to delete: their name, or the id in audit records.")
@click.option(
    "--allow", metavar="HOST/OWNER/NAME", help="Instead of purging, let a purged repository be indexed again."
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@as_json
@on_platform
def purge(repo: str | None, user: str | None, allow: str | None, yes: bool, as_json: bool, platform: Platform) -> None:
    """Delete a repository or a reader from every store, read all of them again, and sign the counts.

    Audit records stay: they contain ids, no names and no code. In a keep this runs in an index-worker pod, the only one
    that may change the index.
    """
    from codekeep_runtime.jobs import purge as job

    if sum(each is not None for each in (repo, user, allow)) != 1:
        raise click.UsageError("give either --repo or --user, or --allow")
    if allow is not None:
        job.allow(platform, allow)
        show.print_result({"allowed": allow}, f"{allow} may be ingested again", as_json=as_json)
        return
    if not yes:
        click.confirm(f"Forget {repo or user} for good?", abort=True, err=True)
    with open_runtime(platform) as runtime:
        stored = job.run_purge(runtime, repository=repo, user=user)
    proof = json.loads(stored.document)
    lines = [f"{store}: {count} before, {proof['after'][store]} now" for store, count in proof["before"].items()]
    text = "\n".join([*lines, f"Proof: {stored.location}"])
    show.print_result({**proof, "path": stored.location}, text, as_json=as_json)
