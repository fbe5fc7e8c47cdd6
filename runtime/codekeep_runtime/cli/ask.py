"""`ask`: answers a question with citations."""

import asyncio
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.open_runtime import open_runtime_as, reader_request
from codekeep_runtime.cli.options import as_json, as_team, as_user, on_platform
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.core import Scope
    from codekeep_runtime.platform.runtime import Runtime
    from codekeep_runtime.products.answer import Citation, Citations, End


@click.command()
@click.argument("question")
@as_user
@as_team
@as_json
@on_platform
def ask(question: str, user: str | None, teams: tuple[str, ...], as_json: bool, platform: Platform) -> None:
    """Answer from the indexed code with checked citations. Exits with 1 if the answer has no citation."""
    with open_runtime_as(platform, user, teams) as (runtime, scope):
        text, citations, end = asyncio.run(_answer(runtime, scope, question, is_shown=not as_json))
    if as_json:
        show.print_json(
            {
                "answer": text,
                "citations": [_document(each) for each in citations.citations],
                "dropped_citations": citations.dropped,
                "finish_reason": end.finish_reason,
                "message": end.message,
            }
        )
    else:
        for each in citations.citations:
            click.echo(f"[{each.number}] {show.position(each.chunk)} @ {each.chunk.commit[:12]}  {each.url}".rstrip())
        if end.message:
            click.echo(end.message, err=True)
    if not citations.citations:
        raise click.exceptions.Exit(1)


async def _answer(runtime: "Runtime", scope: "Scope", question: str, *, is_shown: bool) -> "tuple[str, Citations, End]":
    """Returns the complete text; for people it is also printed as it comes."""
    from codekeep_runtime.gateway.answer_stream import AnswerStream
    from codekeep_runtime.products.answer import Citations, Delta, End
    from codekeep_runtime.products.chat import CHAT
    from codekeep_runtime.products.chat.question import Message

    request, route = reader_request(runtime, scope), runtime.services.routes.route(CHAT.name, runtime.reader.id)
    source = runtime.chat.answer(scope, [Message("user", question)], route)
    answer = AnswerStream(request, CHAT, source, len(question))
    text, citations, end = "", Citations(()), End()
    await answer.begin()
    async for event in answer.events():
        if isinstance(event, Delta):
            text += event.text
            if is_shown:
                click.echo(show.printable(event.text), nl=False)
        elif isinstance(event, Citations):
            citations = event
        elif isinstance(event, End):
            end = event
    if is_shown:
        click.echo("\n")
    return text, citations, end


def _document(citation: "Citation") -> dict[str, object]:
    from codekeep_runtime.gateway.documents import chunk_document

    chunk = chunk_document(citation.chunk)
    del chunk["text"]
    return {"number": citation.number, **chunk, "url": citation.url}
