"""`search`: the chunks that fit a query best."""

import click

from codekeep_runtime.cli.options import as_json, as_team, as_user, placed
from codekeep_runtime.place import Place

LINES_SHOWN = 12


@click.command()
@click.argument("query")
@click.option("--repo", "repositories", multiple=True, help="Only in this one: host/owner/name, or the end of it.")
@click.option("--lang", "languages", multiple=True, help="Only in this language.")
@click.option("--branch", "branches", multiple=True, help="Only on this branch.")
@click.option("-k", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="How many.")
@as_user
@as_team
@as_json
@placed
def search(
    query: str,
    repositories: tuple[str, ...],
    languages: tuple[str, ...],
    branches: tuple[str, ...],
    count: int,
    user: str | None,
    teams: tuple[str, ...],
    as_json: bool,
    place: Place,
) -> None:
    """Find code by words, identifiers or meaning. Nothing found ends with 1."""
    from codekeep_contracts.audit import Purpose

    from codekeep_runtime.assembly.runtime import readable
    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened, reader_request
    from codekeep_runtime.index.interface import Narrowing

    with opened(place, user, teams) as runtime:
        scope = runtime.access.scope(runtime.reader)
        wish = Narrowing(
            repositories=readable(scope, repositories),
            languages=frozenset(languages) or None,
            branches=frozenset(branches) or None,
        )
        found = runtime.retriever.search(scope, query, count, wish)
        request = reader_request(runtime, scope)
        runtime.services.audit(request.record(Purpose.SEARCH, chunks=(each.chunk for each in found)))
    if as_json:
        from codekeep_runtime.gateway.documents import chunk_document

        show.document([{**chunk_document(each.chunk), "score": round(each.score, 6)} for each in found])
    else:
        for number, each in enumerate(found, 1):
            click.echo(f"{number}. {click.style(show.place_of(each.chunk), bold=True)}  {each.chunk.symbol}")
            click.echo(show.excerpt(each.chunk, LINES_SHOWN) + "\n")
    if not found:
        click.echo("Nothing found.", err=True)
        raise click.exceptions.Exit(1)
