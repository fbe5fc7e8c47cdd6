"""`symbols`: definitions, mentions, calls and heirs of a name."""

import click

from codekeep_runtime.cli.options import as_json, as_team, as_user, placed
from codekeep_runtime.place import Place

QUESTIONS = {  # as asked → method of SymbolGraph
    "def": "definitions",
    "refs": "references",
    "callers": "callers",
    "callees": "callees",
    "subclasses": "subclasses",
}
SHOWN = 200


@click.command()
@click.argument("asked", type=click.Choice(list(QUESTIONS)), metavar="|".join(QUESTIONS))
@click.argument("name")
@as_user
@as_team
@as_json
@placed
def symbols(asked: str, name: str, user: str | None, teams: tuple[str, ...], as_json: bool, place: Place) -> None:
    """Where NAME (`price`, `Basket.price`) is defined, mentioned or called, what it calls, or what inherits from it.

    What is sure comes first; a call on a value of unknown type is listed after. Nothing found ends with 1.
    """
    from codekeep_contracts.audit import Purpose

    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened, reader_request
    from codekeep_runtime.index.interface import FoundDefinition

    with opened(place, user, teams) as runtime:
        scope = runtime.access.scope(runtime.reader)
        found = getattr(runtime.symbols, QUESTIONS[asked])(scope, name)
        seen = {each.branch.repository for each in found[:SHOWN]}
        runtime.services.audit(reader_request(runtime, scope).record(Purpose.SYMBOLS, repositories=seen))
    if as_json:
        from codekeep_runtime.gateway.documents import symbol_document

        show.document([symbol_document(each) for each in found[:SHOWN]])
    else:
        lines = [
            show.definition_line(each) if isinstance(each, FoundDefinition) else show.reference_line(each)
            for each in found[:SHOWN]
        ]
        for line in dict.fromkeys(lines):  # a line may call it twice
            click.echo(line)
        if len(found) > SHOWN:
            click.echo(f"… {len(found) - SHOWN} more", err=True)
    if not found:
        click.echo("Nothing found.", err=True)
        raise click.exceptions.Exit(1)
