"""`search`: finds the chunks that match a query best."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from codekeep_contracts.audit import Purpose

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime_as, reader_request
from codekeep_runtime.cli.options import as_json, as_team, as_user, on_platform
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.core import RepositoryId, Scope

LINES_SHOWN = 12


@click.command()
@click.argument("query")
@click.option(
    "--repo", "repositories", multiple=True, help="Only in this repository: host/owner/name, or the end of it."
)
@click.option("--lang", "languages", multiple=True, help="Only in this language.")
@click.option("--branch", "branches", multiple=True, help="Only on this branch.")
@click.option("-k", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="Number of results.")
@as_user
@as_team
@as_json
@on_platform
def search(
    query: str,
    repositories: tuple[str, ...],
    languages: tuple[str, ...],
    branches: tuple[str, ...],
    count: int,
    user: str | None,
    teams: tuple[str, ...],
    as_json: bool,
    platform: Platform,
) -> None:
    """Find code by words, identifiers or meaning. Exits with 1 if nothing is found."""
    from codekeep_runtime.gateway.documents import chunk_document
    from codekeep_runtime.index.interface import Narrowing

    with open_runtime_as(platform, user, teams) as (runtime, scope):
        narrowing = Narrowing(
            repositories=_repositories_named(scope, repositories),
            languages=frozenset(languages) or None,
            branches=frozenset(branches) or None,
        )
        found = runtime.retriever.search(scope, query, count, narrowing)
        request = reader_request(runtime, scope)
        runtime.services.audit(request.record(Purpose.SEARCH, chunks=(each.chunk for each in found)))
    if as_json:
        show.print_json([{**chunk_document(each.chunk), "score": round(each.score, 6)} for each in found])
    else:
        for number, each in enumerate(found, 1):
            click.echo(f"{number}. {click.style(show.position(each.chunk), bold=True)}  {each.chunk.symbol}")
            click.echo(show.excerpt(each.chunk, LINES_SHOWN) + "\n")
    if not found:
        click.echo("Nothing found.", err=True)
        raise click.exceptions.Exit(1)


def _repositories_named(scope: "Scope", names: Sequence[str]) -> "frozenset[RepositoryId] | None":
    """The visible repositories that `--repo` names by their key or its end; None without `--repo`.

    A name that matches nothing visible narrows to nothing, whether the repository exists or not.
    """
    if not names:
        return None
    ends = tuple(f"/{name.casefold()}" for name in names)
    return frozenset(each for each in scope.repositories if f"/{each.key.casefold()}".endswith(ends))
