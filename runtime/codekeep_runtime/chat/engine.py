"""What writes the answer: a model behind HTTP, or the embedded engine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from codekeep_contracts.faults import Fault

from codekeep_runtime.chat.prompt import Prompt


class EngineFault(Fault):
    """The engine did not answer. The message never holds what the engine said."""


@dataclass(frozen=True)
class Piece:
    """Some text as it comes; counts and the reason come with the last pieces, None before."""

    text: str = ""
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    is_cut: bool = False  # the bound of the answer was reached


class ChatEngine(Protocol):
    name: str
    context_tokens: int  # of prompt and answer together
    answer_tokens: int

    def write(self, prompt: Prompt, cache_salt: str) -> AsyncIterator[Piece]:
        """Closing the iterator cancels the work.

        Args:
            cache_salt: equal only for readers who may see the same; keeps their prefix caches apart.

        Raises:
            EngineFault: it cannot be reached, is too slow, or refuses.
        """
        ...
