"""`status`: shows what is indexed and how fresh it is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime
from codekeep_runtime.cli.options import as_json, on_platform
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.core import Branch
    from codekeep_runtime.index.interface import Head
    from codekeep_runtime.platform.runtime import Runtime

RUNS_READ = 100


@click.command()
@as_json
@on_platform
def status(as_json: bool, platform: Platform) -> None:
    """Show branches with their commits and age, counts, quarantined and skipped files, and service accounts."""
    with open_runtime(platform) as runtime:
        document = _document(runtime)
    show.print_result(document, "\n".join(_lines(document)), as_json=as_json)


def _lines(document: dict[str, Any]) -> list[str]:
    counts = f"{document['files']} files, {document['chunks']} chunks, {document['unembedded']} without a vector"
    lines = [f"{document['tenant']}: {counts}"]
    for branch in document["branches"]:
        skipped = ", ".join(f"{count} {reason}" for reason, count in branch["left_out"].items()) or "none"
        age = f"{branch['age_seconds'] / 60:.0f} min ago" if branch["age_seconds"] is not None else "not finished"
        name = f"{branch['repository']}@{branch['branch']}"
        lines.append(f"  {name}  {branch['commit'][:12]}  {age}; skipped: {skipped}")
    if not document["branches"]:
        lines.append("  nothing is indexed yet; run: codekeep-runtime ingest PATH_OR_URL")
    for account in document["service_accounts"]:
        lines.append(f"  service account {account['name']}, until {account['expires_at']}")
    return lines


def _document(runtime: "Runtime") -> dict[str, Any]:
    """Counts all of the index: whoever may run this command owns it."""
    from codekeep_runtime.core import Scope

    context, index = runtime.platform.context, runtime.index
    skips = _skips(context.folder("ingest") / "runs")
    branches = [_branch(each, index.head(each), skips) for each in index.branches()]
    counts = index.counts(Scope(context.tenant, "status", "", frozenset(runtime.indexed())))
    accounts = [
        {
            "name": each.name,
            "team": each.team,
            "expires_at": datetime.fromtimestamp(each.expires_at, UTC).isoformat(timespec="minutes"),
        }
        for each in runtime.platform.accounts.list()
    ]
    return {
        "tenant": context.tenant,
        "embedder": runtime.embedder.version,
        **vars(counts),
        "branches": branches,
        "service_accounts": accounts,
    }


def _branch(branch: "Branch", head: "Head | None", skips: dict[tuple[str, str], dict[str, int]]) -> dict[str, Any]:
    return {
        "repository": branch.repository.key,
        "branch": branch.name,
        "commit": head.commit if head else "",
        "indexed_at": head.indexed_at.isoformat() if head else None,
        "age_seconds": round((datetime.now(UTC) - head.indexed_at).total_seconds(), 1) if head else None,
        "left_out": skips.get((branch.repository.key, branch.name), {}),
    }


def _skips(runs: Path) -> dict[tuple[str, str], dict[str, int]]:
    """Skipped files by branch, from the last run that changed it. Names of runs start with their time."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for path in sorted(runs.glob("*.json"))[-RUNS_READ:]:
        for branch in json.loads(path.read_bytes())["branches"]:
            if branch["changed"]:
                found[branch["repository"], branch["branch"]] = branch["skips"]
    return found
