"""`symbols`: finds definitions, mentions, calls and subclasses of a name."""

import click
from codekeep_contracts.audit import Purpose

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime_as, reader_request
from codekeep_runtime.cli.options import as_json, as_team, as_user, on_platform
from codekeep_runtime.platform.port import Platform

QUERIES = {  # argument → method of SymbolGraph
    "def": "definitions",
    "refs": "references",
    "callers": "callers",
    "callees": "callees",
    "subclasses": "subclasses",
}
MAX_SHOWN = 200


@click.command()
@click.argument("query", type=click.Choice(list(QUERIES)), metavar="|".join(QUERIES))
@click.argument("name")
@as_user
@as_team
@as_json
@on_platform
def symbols(query: str, name: str, user: str | None, teams: tuple[str, ...], as_json: bool, platform: Platform) -> None:
    """Find where NAME (`price`, `Basket.price`) is defined, mentioned or called, what it calls, or what inherits from
    it.

    Certain results come first; calls on values of unknown type come after them. Exits with 1 if nothing is found.
    """
    from codekeep_runtime.gateway.documents import symbol_document
    from codekeep_runtime.index.interface import FoundDefinition

    with open_runtime_as(platform, user, teams) as (runtime, scope):
        found = getattr(runtime.symbols, QUERIES[query])(scope, name)
        shown = found[:MAX_SHOWN]
        seen = {each.branch.repository for each in shown}
        runtime.services.audit(reader_request(runtime, scope).record(Purpose.SYMBOLS, repositories=seen))
    if as_json:
        show.print_json([symbol_document(each) for each in shown])
    else:
        lines = [
            show.definition_line(each) if isinstance(each, FoundDefinition) else show.reference_line(each)
            for each in shown
        ]
        for line in dict.fromkeys(lines):  # one line may call it twice
            click.echo(line)
        if len(found) > MAX_SHOWN:
            click.echo(f"… {len(found) - MAX_SHOWN} more", err=True)
    if not found:
        click.echo("Nothing found.", err=True)
        raise click.exceptions.Exit(1)
