"""Answers a question; every citation in the answer was checked."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import chain

from codekeep_runtime.core import Chunk, Scope
from codekeep_runtime.index.interface import IndexReader, Narrowing
from codekeep_runtime.models.chat import EngineOutput
from codekeep_runtime.models.faults import EngineFault
from codekeep_runtime.models.routes import Route
from codekeep_runtime.products.answer import (
    AnswerEvent,
    Citation,
    Citations,
    Context,
    Delta,
    End,
    FinishReason,
    estimated_tokens,
)
from codekeep_runtime.products.chat.citation_marks import CitationMarks
from codekeep_runtime.products.chat.citation_url import citation_url
from codekeep_runtime.products.chat.context import fit_context
from codekeep_runtime.products.chat.engine import ChatEngine
from codekeep_runtime.products.chat.named_symbols import named_chunks
from codekeep_runtime.products.chat.output_filter import OutputFilter
from codekeep_runtime.products.chat.prompt import Prompt, build_prompt
from codekeep_runtime.products.chat.question import ClientMessage, Message, history, search_query
from codekeep_runtime.products.chat.question_coverage import SUPPORT_MIN, question_coverage
from codekeep_runtime.retrieval.found_chunk import ChunkSearch
from codekeep_runtime.screen.secrets import mask_secrets
from codekeep_runtime.telemetry import span

UNSUPPORTED = "Nothing in the indexed repositories supports an answer to this."
CANDIDATES = 30  # chunks from retrieval
RULES_TOKENS = 400


class Chat:
    """Stateless between answers.

    Args:
        engines: by the full name of the model that they serve.
        gitlab_hosts: Git hosts whose addresses have GitLab's form.
    """

    def __init__(
        self,
        retriever: ChunkSearch,
        index: IndexReader,
        engines: Mapping[str, ChatEngine],
        *,
        gitlab_hosts: Collection[str] = (),
    ) -> None:
        self._retriever, self._index, self._engines = retriever, index, engines
        self._gitlab_hosts = frozenset(gitlab_hosts)

    async def answer(
        self, scope: Scope, messages: Sequence[ClientMessage], route: Route
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Context first, End last. Closing the generator cancels the work.

        Raises:
            UsageFault: the messages contain no question.
        """
        conversation, engine = history(messages), self._engines[route.model]
        query = search_query(conversation)
        sources = await asyncio.to_thread(self._sources, scope, query, conversation, engine)
        yield Context(sources)
        if question_coverage(query, sources) < SUPPORT_MIN:
            for event in _unsupported(0):
                yield event
            return
        prompt = build_prompt(query, conversation, sources)
        outputs = engine.write(prompt, route.served_name, cache_salt(scope))
        async with aclosing(self._checked(scope, prompt, outputs)) as events:
            async for event in events:
                yield event

    def _sources(
        self, scope: Scope, query: str, conversation: Sequence[Message], engine: ChatEngine
    ) -> tuple[Chunk, ...]:
        spent = RULES_TOKENS + sum(estimated_tokens(len(message.content)) for message in conversation)
        with span("retrieve", "gateway"):
            found = self._retriever.search(scope, query, CANDIDATES, Narrowing())
        named = named_chunks(self._index, scope, query)
        budget = engine.context_tokens - engine.answer_tokens - spent
        return fit_context(chain(named, (each.chunk for each in found)), budget)

    async def _checked(
        self, scope: Scope, prompt: Prompt, outputs: AsyncGenerator[EngineOutput, None]
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Text waits until its first citation proves true: an answer that cites nothing never leaves."""
        marks = CitationMarks(lambda number: self._is_source(scope, prompt, number))
        usage, waiting = _Usage(), ""
        try:
            async with aclosing(_sentences(prompt, outputs, usage)) as batches:
                async for sentences in batches:
                    waiting += await asyncio.to_thread(_without_false_marks, marks, sentences)
                    if marks.cited_numbers and waiting:
                        yield Delta(waiting)
                        waiting = ""
        except EngineFault as fault:
            yield End(finish_reason=FinishReason.ENGINE_FAILED, message=str(fault))
            return
        if not marks.cited_numbers:
            for event in _unsupported(marks.dropped):
                yield event
            return
        cited = await asyncio.to_thread(self._cited, scope, prompt, marks.cited_numbers)
        yield Citations(cited, marks.dropped + len(marks.cited_numbers) - len(cited))
        yield usage.end(prompt)

    def _is_source(self, scope: Scope, prompt: Prompt, number: int) -> bool:
        return 1 <= number <= len(prompt.sources) and bool(self._cited(scope, prompt, [number]))

    def _cited(self, scope: Scope, prompt: Prompt, numbers: Collection[int]) -> tuple[Citation, ...]:
        """The sources that are still in the index for this reader."""
        ids = {number: prompt.sources[number - 1].id for number in numbers}
        chunks = self._index.chunks(scope, list(ids.values()))
        return tuple(
            Citation(number, chunks[id_], citation_url(chunks[id_], self._gitlab_hosts))
            for number, id_ in ids.items()
            if id_ in chunks
        )


@dataclass
class _Usage:
    """Token counts of an answer: those that the engine reports, else estimates."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    characters: int = 0
    is_cut: bool = False

    def add(self, output: EngineOutput) -> None:
        self.prompt_tokens = output.prompt_tokens or self.prompt_tokens
        self.completion_tokens = output.completion_tokens or self.completion_tokens
        self.characters += len(output.text)
        self.is_cut = self.is_cut or output.is_cut

    def end(self, prompt: Prompt) -> End:
        return End(
            self.prompt_tokens or estimated_tokens(len(prompt.system)),
            self.completion_tokens or estimated_tokens(self.characters),
            FinishReason.LENGTH if self.is_cut else FinishReason.STOP,
        )


async def _sentences(
    prompt: Prompt, outputs: AsyncGenerator[EngineOutput, None], usage: _Usage
) -> AsyncGenerator[list[str], None]:
    """Whole sentences and lines that passed the output filter, as soon as there are some."""
    output_filter = OutputFilter(prompt, {chunk.branch.repository.host for chunk in prompt.sources})
    async with aclosing(outputs):
        async for output in outputs:
            usage.add(output)
            if sentences := output_filter.feed(output.text):
                yield sentences
    yield output_filter.finish()


def _without_false_marks(marks: CitationMarks, sentences: Sequence[str]) -> str:
    return "".join(marks.checked(mask_secrets(sentence).text) for sentence in sentences)


def cache_salt(scope: Scope) -> str:
    """Equal only for scopes that see the same repositories of the same tenant."""
    seen = "\0".join((scope.tenant, *sorted(repository.key for repository in scope.repositories)))
    return hashlib.sha256(seen.encode("utf-8", "surrogateescape")).hexdigest()


def _unsupported(dropped: int) -> tuple[AnswerEvent, ...]:
    return Delta(UNSUPPORTED), Citations((), dropped), End(finish_reason=FinishReason.UNSUPPORTED)
