"""A chat model behind an OpenAI-compatible server."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from codekeep_runtime.models.faults import EngineFault

if TYPE_CHECKING:
    from codekeep_runtime.models.client import EngineClient  # a laptop needs no HTTP client

FIRST_TOKEN_SECONDS, IDLE_SECONDS = 60.0, 20.0


@dataclass(frozen=True)
class EngineOutput:
    """The next text of an answer; token counts and `is_cut` come with the last ones."""

    text: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_cut: bool = False  # the answer reached its limit of tokens


class Conversation(Protocol):
    @property
    def messages(self) -> Sequence[Mapping[str, str]]:
        """The messages for the model, each with `role` and `content`."""
        ...


class ServedChatModel:
    """A products.chat.engine.ChatEngine.

    Args:
        context_tokens: of prompt and answer together.
        answer_tokens: at most, of one answer.
    """

    def __init__(self, client: "EngineClient", context_tokens: int, answer_tokens: int) -> None:
        self._client, self.context_tokens, self.answer_tokens = client, context_tokens, answer_tokens

    async def write(self, prompt: Conversation, model: str, cache_salt: str) -> AsyncGenerator[EngineOutput, None]:
        body = {
            "model": model,
            "messages": prompt.messages,
            "max_tokens": self.answer_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_salt": cache_salt,
        }
        events = self._client.events("/v1/chat/completions", body, FIRST_TOKEN_SECONDS, IDLE_SECONDS)
        async with aclosing(events):
            async for event in events:
                yield _output(event)


def _output(event: Any) -> EngineOutput:
    try:
        usage, choices = event.get("usage") or {}, event.get("choices") or [{}]
        return EngineOutput(
            text=(choices[0].get("delta") or {}).get("content") or "",
            prompt_tokens=usage.get("prompt_tokens"),
            completion_tokens=usage.get("completion_tokens"),
            is_cut=choices[0].get("finish_reason") == "length",
        )
    except (AttributeError, LookupError, TypeError):
        raise EngineFault("the chat model's server does not answer as OpenAI's does; check its address") from None
