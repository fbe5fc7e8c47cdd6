"""The interface of an engine that writes answers: a model behind HTTP (models.chat), or a laptop's extractive
engine.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

from codekeep_runtime.models.chat import EngineOutput
from codekeep_runtime.products.chat.prompt import Prompt


class ChatEngine(Protocol):
    context_tokens: int  # of prompt and answer together
    answer_tokens: int

    def write(self, prompt: Prompt, model: str, cache_salt: str) -> AsyncGenerator[EngineOutput, None]:
        """Closing the generator cancels the work.

        Args:
            model: the name of the model or adapter that writes.
            cache_salt: equal only for readers who may see the same; keeps their prefix caches apart.

        Raises:
            EngineFault: it cannot be reached, is too slow, or refuses.
        """
        ...
