"""From a question to an answer whose every citation holds."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from itertools import chain

from codekeep_runtime.chat import context
from codekeep_runtime.chat.address import address
from codekeep_runtime.chat.engine import ChatEngine, EngineFault, Piece
from codekeep_runtime.chat.marks import Marks
from codekeep_runtime.chat.named import named_chunks
from codekeep_runtime.chat.output_filter import OutputFilter
from codekeep_runtime.chat.prompt import Prompt, prompt
from codekeep_runtime.chat.question import Message, history, question
from codekeep_runtime.chat.support import THRESHOLD, support
from codekeep_runtime.core.answer import AnswerEvent, Citation, Citations, Context, Delta, End
from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.index.interface import Index, Narrowing
from codekeep_runtime.screen.secrets import mask_secrets
from codekeep_runtime.telemetry import span

UNSUPPORTED = "Nothing in the indexed repositories supports an answer to this."
ACCESS_LOST = "Access ended while this was being answered."
CANDIDATES = 30  # chunks asked of retrieval
CHECKED_EVERY_SECONDS = 1.0
RULES_TOKENS = 400


class Chat:
    """Stateless between answers.

    Args:
        gitlab_hosts: Git hosts that make GitLab's addresses.
    """

    def __init__(
        self,
        retriever: context.Retriever,
        index: Index,
        engine: ChatEngine,
        *,
        gitlab_hosts: Collection[str] = (),
    ) -> None:
        self._retriever, self._index, self._engine = retriever, index, engine
        self._gitlab_hosts = frozenset(gitlab_hosts)

    async def answer(
        self, scope: Scope, messages: Sequence[Mapping[str, str]], still_allowed: Callable[[], bool]
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Context first (audit it before going on), End last. Close the iterator to cancel.

        Args:
            still_allowed: asked in a thread, each second and before any text leaves; after a no, nothing more does.

        Raises:
            UsageFault: the messages hold no question.
        """
        asked = history(messages)
        sought = question(asked)
        sources = await asyncio.to_thread(self._sources, scope, sought, asked)
        yield Context(sources)
        if not await asyncio.to_thread(still_allowed):
            yield End(0, 0, "access-lost", ACCESS_LOST)
            return
        if support(sought, sources) < THRESHOLD:
            for event in _unsupported(0):
                yield event
            return
        written = self._written(scope, prompt(sought, asked, sources), still_allowed)
        try:
            async for event in written:
                yield event
        finally:
            await written.aclose()

    def _sources(self, scope: Scope, sought: str, asked: tuple[Message, ...]) -> tuple[Chunk, ...]:
        spent = RULES_TOKENS + sum(context.tokens(message.content) for message in asked)
        budget = self._engine.context_tokens - self._engine.answer_tokens - spent
        with span("retrieve", "gateway"):
            found = self._retriever.search(scope, sought, CANDIDATES, Narrowing())
        named = named_chunks(self._index, scope, sought)
        return context.fitting(chain(named, (one.chunk for one in found)), budget)

    async def _written(
        self, scope: Scope, asked: Prompt, still_allowed: Callable[[], bool]
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Text waits until its first citation holds: an answer that cites nothing never leaves."""
        output = OutputFilter(asked, {chunk.branch.repository.host for chunk in asked.sources})
        marks = Marks(lambda number: self._holds(scope, asked, number))
        waiting, pieces = "", _Counted(self._engine.write(asked, cache_salt(scope)))
        try:
            async for piece in _ticking(pieces):
                if not await asyncio.to_thread(still_allowed):
                    yield End(0, 0, "access-lost", ACCESS_LOST)
                    return
                for sentence in output.finish() if piece is None else output.feed(piece.text):
                    waiting += await asyncio.to_thread(marks.check, mask_secrets(sentence).text)
                if marks.kept and waiting:
                    yield Delta(waiting)
                    waiting = ""
        except EngineFault as fault:
            yield End(0, 0, "engine-failed", str(fault))
            return
        if not marks.kept:
            for event in _unsupported(marks.dropped):
                yield event
            return
        seen = await asyncio.to_thread(self._index.chunks, scope, [asked.sources[n - 1].id for n in marks.kept])
        cited = {n: seen[asked.sources[n - 1].id] for n in marks.kept if asked.sources[n - 1].id in seen}
        if not await asyncio.to_thread(still_allowed):
            yield End(0, 0, "access-lost", ACCESS_LOST)
            return
        dropped = marks.dropped + len(marks.kept) - len(cited)
        yield Citations(
            tuple(Citation(n, chunk, address(chunk, self._gitlab_hosts)) for n, chunk in cited.items()), dropped
        )
        yield pieces.end(asked)

    def _holds(self, scope: Scope, asked: Prompt, number: int) -> bool:
        if not 1 <= number <= len(asked.sources):
            return False
        wanted = asked.sources[number - 1].id
        return wanted in self._index.chunks(scope, [wanted])


class _Counted:
    """An engine's pieces, with what they say about themselves."""

    def __init__(self, pieces: AsyncIterator[Piece]) -> None:
        self._pieces = pieces
        self._prompt_tokens: int | None = None
        self._answer_tokens: int | None = None
        self._characters = 0
        self.is_cut = False

    async def __aiter__(self) -> AsyncGenerator[Piece, None]:
        async for piece in self._pieces:
            self._prompt_tokens = piece.prompt_tokens or self._prompt_tokens
            self._answer_tokens = piece.answer_tokens or self._answer_tokens
            self._characters += len(piece.text)
            self.is_cut = self.is_cut or piece.is_cut
            yield piece

    def end(self, asked: Prompt) -> End:
        return End(
            self._prompt_tokens or context.tokens(asked.system),
            self._answer_tokens or self._characters // context.CHARACTERS_PER_TOKEN + 1,
            "length" if self.is_cut else "stop",
        )


async def _ticking(pieces: _Counted) -> AsyncGenerator[Piece | None, None]:
    """The pieces, an empty one whenever a second passes without any, and None after the last."""
    source = aiter(pieces)
    coming = asyncio.ensure_future(anext(source, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=CHECKED_EVERY_SECONDS)
            if not done:
                yield Piece()
                continue
            piece = coming.result()
            yield piece
            if piece is None:
                return
            coming = asyncio.ensure_future(anext(source, None))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await source.aclose()


def cache_salt(scope: Scope) -> str:
    """Equal only for scopes that see the same repositories of the same tenant."""
    seen = "\0".join((scope.tenant, *sorted(repository.key for repository in scope.repositories)))
    return hashlib.sha256(seen.encode("utf-8", "surrogateescape")).hexdigest()


def _unsupported(dropped: int) -> tuple[AnswerEvent, ...]:
    return Delta(UNSUPPORTED), Citations((), dropped), End(0, 0, "unsupported")
