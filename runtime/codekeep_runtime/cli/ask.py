"""`ask`: a question, answered with citations."""

import asyncio
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli.options import as_json, as_team, as_user, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime
    from codekeep_runtime.core.answer import Citation, Citations, End


@click.command()
@click.argument("question")
@as_user
@as_team
@as_json
@placed
def ask(question: str, user: str | None, teams: tuple[str, ...], as_json: bool, place: Place) -> None:
    """Answer from the indexed code; every citation was checked. Nothing that supports an answer ends with 1."""
    from codekeep_runtime.cli import show
    from codekeep_runtime.cli.opening import opened

    with opened(place, user, teams) as runtime:
        text, citations, end = asyncio.run(_answer(runtime, question, is_shown=not as_json))
    if as_json:
        show.document(
            {
                "answer": text,
                "citations": [_told(each) for each in citations.citations],
                "dropped_citations": citations.dropped,
                "finish_reason": end.finish_reason,
                "message": end.message,
            }
        )
    else:
        for each in citations.citations:
            click.echo(f"[{each.number}] {show.place_of(each.chunk)} @ {each.chunk.commit[:12]}  {each.url}".rstrip())
        if end.message:
            click.echo(end.message, err=True)
    if not citations.citations:
        raise click.exceptions.Exit(1)


async def _answer(runtime: "Runtime", question: str, *, is_shown: bool) -> "tuple[str, Citations, End]":
    """The whole text; shown as it comes where it is for people."""
    from codekeep_runtime.cli.opening import recorder
    from codekeep_runtime.cli.show import plain
    from codekeep_runtime.core.answer import Citations, Context, Delta, End

    scope = runtime.access.scope(runtime.reader)
    access, audit = recorder(runtime, scope), runtime.services.audit
    text, citations, end = "", Citations(()), End(0, 0, "unsupported")
    asked = [{"role": "user", "content": question}]
    async for event in runtime.chat.answer(scope, asked, lambda: runtime.access.still(runtime.reader, scope)):
        if isinstance(event, Context):
            audit(access.served_chunks("chat", event.chunks))
        elif isinstance(event, Delta):
            text += event.text
            if is_shown:
                click.echo(plain(event.text), nl=False)
        elif isinstance(event, Citations):
            citations = event
        else:
            end = event
    if is_shown:
        click.echo("\n")
    cited = [each.chunk for each in citations.citations]
    ended = access.served(
        "chat",
        _VERDICTS.get(end.finish_reason, "failed"),
        repositories={chunk.branch.repository for chunk in cited},
        chunk_ids=tuple(chunk.id for chunk in cited),
        prompt_tokens=end.prompt_tokens,
        completion_tokens=end.completion_tokens,
    )
    audit(ended)
    return text, citations, end


_VERDICTS = {"stop": "answered", "length": "answered", "unsupported": "unsupported", "access-lost": "revoked"}


def _told(citation: "Citation") -> dict[str, object]:
    from codekeep_runtime.cli.show import chunk_document

    told = chunk_document(citation.chunk)
    del told["text"]
    return {"number": citation.number, **told, "url": citation.url}
