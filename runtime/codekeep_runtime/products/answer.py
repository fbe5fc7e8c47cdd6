"""Events of a product's answer, in this order: Context, any number of Delta, Citations, End."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from codekeep_contracts.audit import Verdict

from codekeep_runtime.core import Chunk

CHARACTERS_PER_TOKEN: Final = 3
"""Today's tokenizers make a token of 3 to 4 characters of code; the lower bound never overfills a context."""


def estimated_tokens(characters: int) -> int:
    """An estimate, on the high side."""
    return characters // CHARACTERS_PER_TOKEN + 1


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    UNSUPPORTED = "unsupported"  # nothing that is indexed answers
    ENGINE_FAILED = "engine-failed"
    ACCESS_LOST = "access-lost"

    @property
    def verdict(self) -> Verdict:
        """The verdict in the closing audit record."""
        return _VERDICTS.get(self, Verdict.ANSWERED)


_VERDICTS: Final = {
    FinishReason.UNSUPPORTED: Verdict.UNSUPPORTED,
    FinishReason.ENGINE_FAILED: Verdict.FAILED,
    FinishReason.ACCESS_LOST: Verdict.REVOKED,
}


@dataclass(frozen=True)
class Context:
    """All chunks whose code the answer may contain. Comes first: it is audited before anything leaves."""

    chunks: tuple[Chunk, ...]


@dataclass(frozen=True)
class Delta:
    """The next piece of text."""

    text: str


@dataclass(frozen=True)
class Citation:
    """A mark `[number]` in the text, the chunk it names, and that chunk's address on its Git host ("" without one)."""

    number: int
    chunk: Chunk
    url: str


@dataclass(frozen=True)
class Citations:
    """The citations that were checked against the index."""

    citations: tuple[Citation, ...]
    dropped: int = 0  # marks that name nothing the reader may see; removed from the text


@dataclass(frozen=True)
class End:
    """Tokens as the engine counted them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: FinishReason = FinishReason.STOP
    message: str = ""  # what a failure means for the reader; never contains repository text


AnswerEvent = Context | Delta | Citations | End
