"""`status`: what is indexed, and how fresh it is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime

RUNS_READ = 100


@click.command()
@as_json
@placed
def status(as_json: bool, place: Place) -> None:
    """Branches with their commits and age, counts, quarantined and skipped files, service accounts."""
    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened

    with opened(place, "status" if not place.embedded else None) as runtime:
        told = _told(runtime)
    if as_json:
        show.document(told)
        return
    click.echo(f"{place.tenant}: {told['files']} files, {told['chunks']} chunks, {told['unembedded']} without a vector")
    for branch in told["branches"]:
        left = ", ".join(f"{count} {reason}" for reason, count in branch["left_out"].items()) or "nothing left out"
        age = f"{branch['age_seconds'] / 60:.0f} min ago" if branch["age_seconds"] is not None else "not finished"
        click.echo(f"  {branch['repository']}@{branch['branch']}  {branch['commit'][:12]}  {age}; {left}")
    if not told["branches"]:
        click.echo("  nothing yet: codekeep-runtime ingest PATH_OR_URL")
    for account in told["service_accounts"]:
        click.echo(f"  service account {account['name']}, until {account['expires_at']}")


def _told(runtime: "Runtime") -> dict[str, Any]:
    """Counts are of the whole index: whoever may run this owns it."""
    from codekeep_runtime.assembly.shared import accounts_of
    from codekeep_runtime.core.reader import Scope

    skips = _skips(runtime.place.folder("ingest") / "runs")
    branches = []
    for branch in runtime.index.branches():
        head = runtime.index.head(branch)
        branches.append(
            {
                "repository": branch.repository.key,
                "branch": branch.name,
                "commit": head.commit if head else "",
                "indexed_at": head.indexed_at.isoformat() if head else None,
                "age_seconds": round((datetime.now(UTC) - head.indexed_at).total_seconds(), 1) if head else None,
                "left_out": skips.get((branch.repository.key, branch.name), {}),
            }
        )
    seen = runtime.index.counts(Scope(runtime.place.tenant, "status", "", frozenset(runtime.indexed())))
    return {
        "tenant": runtime.place.tenant,
        "embedder": runtime.embedder.version,
        "files": seen.files,
        "chunks": seen.chunks,
        "unembedded": seen.unembedded,
        "branches": branches,
        "service_accounts": [
            {
                "name": each.name,
                "team": each.team,
                "expires_at": datetime.fromtimestamp(each.expires_at, UTC).isoformat(timespec="minutes"),
            }
            for each in accounts_of(runtime.place).list()
        ],
    }


def _skips(runs: Path) -> dict[tuple[str, str], dict[str, int]]:
    """Of each branch, as the last run that changed it said; the names of runs are their times."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for path in sorted(runs.glob("*.json"))[-RUNS_READ:]:
        for branch in json.loads(path.read_bytes())["branches"]:
            if branch["changed"]:
                found[branch["repository"], branch["branch"]] = branch["skips"]
    return found
